import { gossipPort as innerPort, type Profile } from "../../lib/agents/config.ts";
import { withWriter, writeFiles } from "../../lib/containers/configVolume.ts";
import { engineMounts } from "../../lib/containers/description.ts";
import { engineContainer } from "../../lib/containers/engineForm.ts";
import { engine, query } from "../../lib/engine/api.ts";
import { forEachParallel } from "../../lib/host/parallel.ts";
import { type Agent, agents, configFiles } from "../support/agents.ts";
import type { Contender } from "../support/contender.ts";
import { interrupted } from "../support/interrupt.ts";
import {
  benchLabel,
  commandTimeout,
  gossipPort,
  keptImage,
  prefix,
  stopGrace,
  subnet,
} from "../support/place.ts";

const name = () => `${prefix}-limit`;
const labels = { [benchLabel]: "1" };

/** Stopping is mostly waiting for the agents to leave, so many can be stopped at once. */
const stopsAtOnce = 32;

/**
 * The engine's own limit: creates the same containers as our stack directly through the engine's HTTP API.
 *
 * @param atOnce how many containers are created, and later started, at the same time.
 * @param profile the agents' profile.
 */
export function limit(atOnce: number, profile: Profile): Contender {
  let wanted: Agent[] = [];
  return {
    name: "limit",
    get seed() {
      return `${name()}-seed`;
    },
    label: `${benchLabel}=1`,
    more: 0,
    awaitsFormation: false,
    prepare: (joiners) => {
      wanted = agents(name(), joiners, profile);
      return Promise.resolve();
    },
    up: async () => {
      const before = process.cpuUsage();
      await engine({ method: "POST", path: "/networks/create", body: network() });
      await makeVolumes();
      // Create all before starting the first, which is faster: running agents take processor time.
      await forEachParallel(wanted, atOnce, make);
      await forEachParallel(wanted, atOnce, start);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    },
    destroy: async () => {
      await forEachParallel(wanted, stopsAtOnce, async ({ name: container }) => {
        const path = `/containers/${container}/stop?t=${stopGrace}`;
        await engine({ method: "POST", path, timeout: commandTimeout });
        await engine({ method: "DELETE", path: `/containers/${container}?v=1` });
      });
      await engine({ method: "DELETE", path: `/networks/${name()}` });
      for (const volume of Object.values(volumes())) {
        await engine({ method: "DELETE", path: `/volumes/${volume}` });
      }
    },
  };
}

const network = () => ({
  Name: name(),
  Driver: "bridge",
  IPAM: {
    Config: [{ Subnet: subnet.cidr, Gateway: subnet.gateway, IPRange: subnet.dynamicRange }],
  },
  Labels: labels,
});

const volumes = () => ({ config: `${name()}-config`, data: `${name()}-data` });

async function makeVolumes(): Promise<void> {
  for (const volume of Object.values(volumes())) {
    const body = { Name: volume, Labels: labels };
    await engine({ method: "POST", path: "/volumes/create", body });
  }
  await withWriter({ image: keptImage, volumes: volumes(), labels }, (writer) =>
    writeFiles(writer, configFiles()),
  );
}

async function make(agent: Agent): Promise<void> {
  interrupted.throwIfAborted();
  const published = [{ HostIp: "127.0.0.1", HostPort: String(gossipPort) }];
  const ports = { [`${innerPort}/tcp`]: published, [`${innerPort}/udp`]: published };
  const container = engineContainer(agent.container, labels);
  const body = {
    ...container,
    HostConfig: {
      ...container.HostConfig,
      NetworkMode: name(),
      RestartPolicy: { Name: agent.container.restartPolicy },
      Mounts: engineMounts(volumes()),
      ...(agent.isSeed && { PortBindings: ports }),
    },
    NetworkingConfig: {
      EndpointsConfig: { [name()]: { IPAMConfig: { IPv4Address: agent.address } } },
    },
  };
  const create = `/containers/create?${query({ name: agent.name })}`;
  await engine({ method: "POST", path: create, body });
}

async function start({ name: container }: Agent): Promise<void> {
  interrupted.throwIfAborted();
  const path = `/containers/${container}/start`;
  await engine({ method: "POST", path, timeout: commandTimeout });
}
