/** What an agent's container is: the one description that everything else about it is derived from. */
import { createHash } from "node:crypto";
import {
  type AgentStart,
  agentUser,
  configFile,
  configFolder,
  dataFolder,
  fixedConfig,
  gossipPort,
  startArguments,
} from "../agents/config.ts";
import type { VolumeNames } from "../cluster/names.ts";

/** Seconds that an agent has to leave when it is stopped. Serf gives itself 3; the rest is for a busy host. */
export const stopGrace = 10;

const restartPolicy = "unless-stopped";

/** What the container of an agent may use of its host. */
export interface ContainerLimits {
  /** MiB of memory; there is no swap beside it. */
  readonly memory: number;
  /** Processors, in whole numbers and fractions. */
  readonly cpus: number;
}

/** Microseconds in which a container may use {@link cpuQuota} of processor time. */
const cpuPeriod = 100_000;

/** Microseconds of processor time for each {@link cpuPeriod}. */
function cpuQuota({ cpus }: ContainerLimits): number {
  return Math.round(cpus * cpuPeriod);
}

/** How many processes and threads a container may have: an agent has about ten. */
export const processLimit = 128;

/** No program in a container may have more privileges than the one that starts it. */
const securityOptions = ["no-new-privileges=true"];

/** A container's log: files of so many MiB, and how many of them. */
const logSize = { "max-size": "5m", "max-file": "3" };

/** The options of a tmpfs that is the agent's own. */
export const ownTmpfs = `size=1m,mode=0700,uid=${agentUser},gid=${agentUser},noexec,nosuid,nodev`;

/** The places that are written to beside the volume with the agent's data, with the options of their tmpfs. */
const writableFolders: Readonly<Record<string, string>> = {
  "/run": ownTmpfs,
  "/tmp": "size=16m,mode=1777,noexec,nosuid,nodev",
};

/** A volume in an agent's container. */
export interface AgentMount {
  readonly volume: string;
  readonly path: string;
  readonly isReadOnly: boolean;
}

function agentMounts(volumes: VolumeNames): AgentMount[] {
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
function agentEnvironment({
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
function agentCommand(container: AgentStart & { readonly group: string }): string[] {
  return [configFile(container.group), ...startArguments(container)];
}

/** What an agent's container is made from. */
export interface AgentContainer extends AgentStart {
  /** Whose configuration the agent reads: a group of joiners, `seed` or `host`. */
  readonly group: string;
  /** The image's name with the tag. */
  readonly image: string;
  /** The network's name; `host` for that of the engine's host. */
  readonly network: string;
  readonly volumes: VolumeNames;
  readonly limits: ContainerLimits;
  /** Where RPC listens on loopback, in a container that shares its host's. Default: 7373. */
  readonly rpcPort?: number;
  /** Where the host reaches the gossip port; port 0 lets Docker choose one. Default: nowhere. */
  readonly publish?: { readonly address: string; readonly port: number };
}

/** A port of the container that the host reaches. */
export interface PublishedPort {
  readonly protocol: "tcp" | "udp";
  readonly internal: number;
  /** The host's address. */
  readonly address: string;
  /** The host's port; 0 lets Docker choose one. */
  readonly port: number;
}

/** All that the container of an agent is made of. */
export type ContainerDescription = ReturnType<typeof describeContainer>;

/**
 * Describes the container of an agent in full. The resource, the label that tells one from another, the
 * trial of an image and the comparison with what runs are made from this, and from nothing else.
 */
export function describeContainer(container: AgentContainer) {
  const { image, network, address, volumes, limits, publish, rpcPort } = container;
  const protocols = publish === undefined ? [] : (["tcp", "udp"] as const);
  return {
    image,
    command: agentCommand(container),
    environment: agentEnvironment(container),
    // What of the agent's configuration takes a new start of the agent to be changed.
    configuration: fixedConfig({ rpcPort }),
    mounts: agentMounts(volumes),
    isRootReadOnly: true,
    tmpfs: writableFolders,
    droppedCapabilities: ["ALL"],
    securityOptions,
    /** MiB. */
    memory: limits.memory,
    /** MiB of memory and swap together. */
    memoryWithSwap: limits.memory,
    cpuPeriod,
    cpuQuota: cpuQuota(limits),
    processLimit,
    logDriver: "json-file",
    logOptions: logSize,
    restartPolicy,
    stopGrace,
    // Left out, it is read back as the network's name and replaces the container.
    networkMode: network === hostNetwork ? hostNetwork : "bridge",
    network: network === hostNetwork ? { name: network } : { name: network, address },
    ports: protocols.map((protocol): PublishedPort => ({
      protocol,
      internal: gossipPort,
      ...publish!,
    })),
  };
}

/** The network of the engine's host, by Docker's name. */
export const hostNetwork = "host";

/** A hash of a description: a container that differs in anything is another one. */
export function containerSpec(description: ContainerDescription): string {
  return createHash("sha256").update(JSON.stringify(description)).digest("hex").slice(0, 12);
}
