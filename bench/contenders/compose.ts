import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  configFile,
  configFolder,
  dataFolder,
  type Profile,
  profileArguments,
} from "../../lib/agents/config.ts";
import { ownTmpfs } from "../../lib/containers/description.ts";
import { addressOfIndex } from "../../lib/cluster/subnet.ts";
import { engine, query } from "../../lib/engine/api.ts";
import { configFiles, describeAgent } from "../support/agents.ts";
import { runChild } from "../support/child.ts";
import type { Contender } from "../support/contender.ts";
import { benchLabel, gossipPort, prefix, subnet } from "../support/place.ts";

const project = () => `${prefix}-compose`;
const label = `${benchLabel}=1`;

/**
 * Docker Compose in one of two forms: the joiners as replicas of one service, which is the usual way, or as one
 * service each, which Compose starts all at the same time.
 *
 * @param program the path of the built docker-compose.
 * @param folder the folder for its files.
 * @param profile the agents' profile.
 */
export function compose(
  name: "compose" | "compose, a service each",
  program: string,
  folder: string,
  profile: Profile,
): Contender {
  const file = join(folder, "compose.json");
  const options = [`--file=${file}`, "--progress=quiet"];
  const call = (...args: string[]) =>
    runChild([program, `--project-name=${project()}`, ...options, ...args], { cwd: folder });
  const form = name === "compose" ? replicas : serviceEach;
  return {
    name,
    get seed() {
      return `${project()}-seed`;
    },
    label,
    more: 0,
    awaitsFormation: false,
    prepare: async (joiners) => {
      await mkdir(join(folder, "config"), { recursive: true });
      for (const [name, content] of configFiles()) {
        await writeFile(join(folder, "config", name), content, { mode: 0o644 });
      }
      await writeFile(file, JSON.stringify(composeFile(form, joiners, profile), undefined, 2));
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

/** Declares the joiners' services. */
type Form = (joiners: number, profile: Profile) => object;

/** One service with replicas. They start after the seed, since the engine assigns their addresses. */
export function replicas(joiners: number, profile: Profile): object {
  return { joiner: { ...service("joiner", profile), scale: joiners, depends_on: ["seed"] } };
}

/** One service per joiner. They do not wait for the seed, so their addresses are fixed. */
export function serviceEach(joiners: number, profile: Profile): object {
  const joiner = (_: unknown, position: number) => [
    `joiner-${position + 1}`,
    service("joiner", profile, addressOfIndex(subnet, position + 1)),
  ];
  return Object.fromEntries(Array.from({ length: joiners }, joiner)) as object;
}

function service(role: string, profile: Profile, address?: string) {
  const described = describeAgent({ name: role, address: "", group: role, profile });
  const folders = { ...described.tmpfs, [dataFolder]: ownTmpfs };
  return {
    image: described.image,
    // The same for all joiners: the agent uses the container's host name and address.
    command: [configFile(role), ...profileArguments(profile)],
    pull_policy: "never",
    labels: { [benchLabel]: "1" },
    read_only: described.isRootReadOnly,
    tmpfs: Object.entries(folders).map(([path, options]) => `${path}:${options}`),
    cap_drop: described.droppedCapabilities,
    security_opt: described.securityOptions,
    mem_limit: `${described.memory}m`,
    memswap_limit: `${described.memoryWithSwap}m`,
    cpus: described.cpuQuota / described.cpuPeriod,
    pids_limit: described.processLimit,
    logging: { driver: described.logDriver, options: described.logOptions },
    restart: described.restartPolicy,
    stop_grace_period: `${described.stopGrace}s`,
    volumes: [`./config:${configFolder}:ro`],
    networks: { default: address === undefined ? {} : { ipv4_address: address } },
  };
}

/** The complete Compose file. */
export function composeFile(form: Form, joiners: number, profile: Profile): unknown {
  const port = `127.0.0.1:${gossipPort}:7946`;
  return {
    services: {
      seed: {
        ...service("seed", profile, subnet.seed),
        container_name: `${project()}-seed`,
        ports: [port, `${port}/udp`],
      },
      ...form(joiners, profile),
    },
    networks: {
      default: {
        labels: { [benchLabel]: "1" },
        ipam: { config: [{ subnet: subnet.cidr, gateway: subnet.gateway }] },
      },
    },
  };
}

/** The IDs and states of all containers, as a text to compare. */
async function containers(): Promise<string> {
  const path = `/containers/json?${query({ all: "1", filters: { label: [label] } })}`;
  const list = (await engine({ method: "GET", path })) as { Id: string; State: string }[];
  return list
    .map(({ Id, State }) => `${Id} ${State}`)
    .sort()
    .join("\n");
}
