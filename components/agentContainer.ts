/** What the containers of all agents have alike, the seed's and the joiners'. */
import { createHash } from "node:crypto";
import {
  type AgentStart,
  agentUser,
  configFile,
  configFolder,
  dataFolder,
  fixedConfig,
  startArguments,
} from "./agentConfig.ts";

/** Seconds that an agent has to leave when it is stopped. Serf gives itself 3; the rest is for a busy host. */
export const stopGrace = 10;

export const restartPolicy = "unless-stopped";

/** The names of a stack's volumes. */
export interface VolumeNames {
  /** Holds the groups' configurations. */
  readonly config: string;
  /** Holds what the agents keep, so that it survives their containers. */
  readonly data: string;
}

/** What the container of an agent may use of its host. */
export interface ContainerLimits {
  /** MiB of memory; there is no swap beside it. */
  readonly memory: number;
  /** Processors, in whole numbers and fractions. */
  readonly cpus: number;
}

/** Microseconds in which a container may use {@link cpuQuota} of processor time. */
export const cpuPeriod = 100_000;

/** Microseconds of processor time for each {@link cpuPeriod}. */
export function cpuQuota({ cpus }: ContainerLimits): number {
  return Math.round(cpus * cpuPeriod);
}

/** How many processes and threads a container may have: an agent has about ten. */
export const processLimit = 128;

/** No program in a container may have more privileges than the one that starts it. */
export const securityOptions = ["no-new-privileges=true"];

/** A container's log: files of so many MiB, and how many of them. */
export const logSize = { "max-size": "5m", "max-file": "3" };

/** The options of a tmpfs that is the agent's own. */
export const ownTmpfs = `size=1m,mode=0700,uid=${agentUser},gid=${agentUser},noexec,nosuid,nodev`;

/** The places that are written to beside the volume with the agent's data, with the options of their tmpfs. */
export const writableFolders: Readonly<Record<string, string>> = {
  "/run": ownTmpfs,
  "/tmp": "size=16m,mode=1777,noexec,nosuid,nodev",
};

/** A volume in an agent's container. */
export interface AgentMount {
  readonly volume: string;
  readonly path: string;
  readonly isReadOnly: boolean;
}

export function agentMounts(volumes: VolumeNames): AgentMount[] {
  return [
    { volume: volumes.config, path: configFolder, isReadOnly: true },
    { volume: volumes.data, path: dataFolder, isReadOnly: false },
  ];
}

/** The same mounts as the engine's API takes them. */
export function engineMounts(volumes: VolumeNames) {
  return agentMounts(volumes).map(({ volume, path, isReadOnly }) => ({
    Type: "volume",
    Source: volume,
    Target: path,
    ReadOnly: isReadOnly,
  }));
}

/**
 * How many processors a program of Go's counts on. By itself it never counts on less than two, also where
 * its container may use less: an agent that is idle then takes a fifth more processor time, for waking
 * threads. Source: https://pkg.go.dev/runtime#GOMAXPROCS
 */
const processorsVariable = "GOMAXPROCS";

/** What every program in an agent's container is told: handlers, and those that are run by hand. */
export function agentEnvironment({
  name,
  rpcPort,
  limits,
}: Pick<AgentContainer, "name" | "rpcPort" | "limits">): string[] {
  const rpc = rpcPort === undefined ? [] : [`SERF_RPC_ADDR=127.0.0.1:${rpcPort}`];
  return [
    `${processorsVariable}=${Math.ceil(limits.cpus)}`,
    `SERF_DATA=${dataFolder}/${name}`,
    ...rpc,
  ];
}

/** Whether a container's variable, as `NAME=value`, is one of {@link agentEnvironment}. */
export function isAgentVariable(variable: string): boolean {
  return variable.startsWith("SERF_") || variable.startsWith(`${processorsVariable}=`);
}

/** What the image's program is told: whose configuration the agent reads, and who it is. */
export function agentCommand(container: AgentStart & { readonly group: string }): string[] {
  return [configFile(container.group), ...startArguments(container)];
}

/** What an agent's container is made from. */
export interface AgentContainer extends AgentStart {
  /** Whose configuration the agent reads: a group of joiners, `seed` or `host`. */
  readonly group: string;
  /** The image's name with the tag. */
  readonly image: string;
  /** The network's name. */
  readonly network: string;
  readonly volumes: VolumeNames;
  readonly limits: ContainerLimits;
  /** Where RPC listens on loopback, in a container that shares its host's. Default: 7373. */
  readonly rpcPort?: number;
  /** Where the host reaches the gossip port; port 0 lets Docker choose one. Default: nowhere. */
  readonly publish?: { readonly address: string; readonly port: number };
}

/**
 * A hash of all that takes a new container to be changed. An agent's tags, handlers and join addresses
 * are not part of it: those it takes over while it runs, or at its next start.
 */
export function containerSpec(container: AgentContainer): string {
  const { image, network, volumes, limits, publish, rpcPort } = container;
  const parts = [
    image,
    network,
    agentMounts(volumes),
    agentCommand(container),
    agentEnvironment(container),
    fixedConfig({ rpcPort }),
    publish,
    [limits, processLimit, logSize, writableFolders],
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
