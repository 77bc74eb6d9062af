import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { agentConfig, agentConfigPath, imageEventHandlers } from "../../components/agentConfig.ts";
import { joinerAddress } from "../../components/subnet.ts";
import { engine, query } from "../../programs/engineApi.ts";
import { runChild } from "../child.ts";
import type { Contender } from "../contender.ts";
import { benchLabel, gossipPort, keptImage, prefix, stopGrace, subnet } from "../place.ts";

const project = `${prefix}-compose`;
const label = `${benchLabel}=1`;

/**
 * Docker Compose: a service for each agent.
 *
 * @param program the path of the built docker-compose.
 * @param folder where its files go.
 */
export function compose(program: string, folder: string): Contender {
  const file = join(folder, "compose.json");
  const command = [program, `--project-name=${project}`, `--file=${file}`, "--progress=quiet"];
  const call = (...args: string[]) => runChild([...command, ...args], { cwd: folder });
  return {
    name: "compose",
    seed: `${project}-seed`,
    label,
    more: 0,
    awaitsFormation: false,
    prepare: async (joiners) => {
      await writeFile(join(folder, "seed.json"), config("seed"), { mode: 0o644 });
      await writeFile(join(folder, "joiner.json"), config("joiner"), { mode: 0o644 });
      await writeFile(file, JSON.stringify(composeFile(joiners), undefined, 2));
    },
    up: async () => (await call("up", "--detach")).cpu,
    apply: async () => {
      const before = await containers();
      await call("up", "--detach");
      if (before !== (await containers())) throw new Error("compose up changed containers");
    },
    destroy: async () => {
      await call("down");
    },
  };
}

/**
 * A service for each joiner, all at once: Compose starts the replicas of one service one after the
 * other, which takes longer, and so does waiting for the seed. Without
 * the wait the addresses are fixed, or a joiner could get the seed's.
 */
export function composeFile(joiners: number): unknown {
  const service = (role: string, address: string) => ({
    image: keptImage,
    pull_policy: "never",
    labels: { [benchLabel]: "1" },
    restart: "unless-stopped",
    stop_grace_period: `${stopGrace}s`,
    volumes: [`./${role}.json:${agentConfigPath}:ro`],
    networks: { default: { ipv4_address: address } },
  });
  const port = `127.0.0.1:${gossipPort}:7946`;
  return {
    services: {
      seed: {
        ...service("seed", subnet.seed),
        container_name: `${project}-seed`,
        ports: [port, `${port}/udp`],
      },
      ...Object.fromEntries(
        Array.from({ length: joiners }, (_, position) => [
          `joiner-${position + 1}`,
          service("joiner", joinerAddress(subnet, position + 1)),
        ]),
      ),
    },
    networks: {
      default: {
        labels: { [benchLabel]: "1" },
        ipam: {
          config: [{ subnet: subnet.cidr, gateway: subnet.gateway, ip_range: subnet.dynamicRange }],
        },
      },
    },
  };
}

/** As ours, but one for all joiners: the name is the container's host name, the address the one it has. */
function config(role: string): string {
  const all = agentConfig({ name: "", address: "0.0.0.0", tags: { role } }, [subnet.seed], {
    eventHandlers: imageEventHandlers,
  });
  const shared = Object.entries(JSON.parse(all) as object).filter(([key]) => key !== "node_name");
  return JSON.stringify(Object.fromEntries(shared));
}

/** The IDs of all containers with their starts, as a text to compare. */
async function containers(): Promise<string> {
  const path = `/containers/json?${query({ all: "1", filters: { label: [label] } })}`;
  const list = (await engine({ method: "GET", path })) as { Id: string; State: string }[];
  return list
    .map(({ Id, State }) => `${Id} ${State}`)
    .sort()
    .join("\n");
}
