/** The description of an agent's container, from which everything else about the container is derived. */
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

/** Seconds that a stopped agent has for leaving. Serf itself takes up to 3; the rest is for a busy host. */
export const stopGrace = 10;

/**
 * Not `unless-stopped`: Docker takes a container that was sent any signal, such as the one that reloads an agent, for
 * stopped by hand, and would neither restart it nor start it again with the engine. The stop signal in docker/Dockerfile
 * is needed for that as well.
 *
 * Source: https://github.com/moby/moby/blob/master/daemon/kill.go
 */
const restartPolicy = "always";

/** The resource limits of an agent's container. */
export interface ContainerLimits {
  /** MiB of memory, without swap. */
  readonly memory: number;
  /** The number of processors, which may be a fraction. */
  readonly cpus: number;
}

/** The period in microseconds in which a container may use {@link cpuQuota} of processor time. */
const cpuPeriod = 100_000;

/** Microseconds of processor time per {@link cpuPeriod}. */
function cpuQuota({ cpus }: ContainerLimits): number {
  return Math.round(cpus * cpuPeriod);
}

/** The most processes and threads of a container. An agent has about ten. */
export const processLimit = 128;

/** No program in a container can gain more privileges than its parent. */
const securityOptions = ["no-new-privileges=true"];

/** The size of each file of a container's log, and the number of files. */
const logSize = { "max-size": "5m", "max-file": "3" };

/** The options of a tmpfs that belongs to the agent. */
export const ownTmpfs = `size=1m,mode=0700,uid=${agentUser},gid=${agentUser},noexec,nosuid,nodev`;

/** The writable folders in addition to the agent's data, with the options of their tmpfs. */
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

/** The mounts in the form of the engine's API. */
export function engineMounts(volumes: VolumeNames) {
  return agentMounts(volumes).map(({ volume, path, isReadOnly }) => ({
    Type: "volume",
    Source: volume,
    Target: path,
    ReadOnly: isReadOnly,
  }));
}

/**
 * The number of processors that a Go program uses. Go's own minimum is two, even if the container's limit is
 * lower; an idle agent then takes a fifth more processor time for waking threads. Source:
 * https://pkg.go.dev/runtime#GOMAXPROCS
 */
const processorsVariable = "GOMAXPROCS";

/** Where Serf's command line finds the RPC in a container on its host's network, without the port. */
const rpcVariable = "SERF_RPC_ADDR=127.0.0.1:";

/** The RPC port in the environment of a container on its host's network; undefined for other containers. */
export function rpcPortIn(environment: readonly string[]): number | undefined {
  const found = environment.find((variable) => variable.startsWith(rpcVariable));
  return found === undefined ? undefined : Number(found.slice(rpcVariable.length));
}

/** The environment of every program in an agent's container, including handlers and programs that users run. */
function agentEnvironment({
  name,
  rpcPort,
  limits,
}: Pick<AgentContainer, "name" | "rpcPort" | "limits">): string[] {
  const rpc = rpcPort === undefined ? [] : [`${rpcVariable}${rpcPort}`];
  return [
    `${processorsVariable}=${Math.ceil(limits.cpus)}`,
    `SERF_DATA=${dataFolder}/${name}`,
    ...rpc,
  ];
}

/** Whether a variable of a container, as `NAME=value`, comes from {@link agentEnvironment}. */
export function isAgentVariable(variable: string): boolean {
  return variable.startsWith("SERF_") || variable.startsWith(`${processorsVariable}=`);
}

/** The arguments of the image's entry point: the agent's configuration file, and its name and address. */
function agentCommand(container: AgentStart & { readonly group: string }): string[] {
  return [configFile(container.group), ...startArguments(container)];
}

/** The values from which an agent's container is described. */
export interface AgentContainer extends AgentStart {
  /** The group whose configuration the agent reads: a group of joiners, `seed` or `host`. */
  readonly group: string;
  /** The image's name with the tag. */
  readonly image: string;
  /** The network's name; `host` for the network of the engine's host. */
  readonly network: string;
  readonly volumes: VolumeNames;
  readonly limits: ContainerLimits;
  /** The loopback port of the RPC in a container on its host's network. Default: 7373. */
  readonly rpcPort?: number;
  /** The host's address and port at which the gossip port is published. Default: not published. */
  readonly publish?: { readonly address: string; readonly port: number };
}

/** A published port of a container. */
export interface PublishedPort {
  readonly protocol: "tcp" | "udp";
  readonly internal: number;
  /** The address on the host. */
  readonly address: string;
  /** The port on the host. */
  readonly port: number;
}

/** The complete description of an agent's container. */
export type ContainerDescription = ReturnType<typeof describeContainer>;

/**
 * Describes an agent's container completely. The Pulumi resource, the spec label, the test of an image and the
 * comparison with a running container all use this description and nothing else.
 */
export function describeContainer(container: AgentContainer) {
  const { image, network, address, volumes, limits, publish, rpcPort } = container;
  const protocols = publish === undefined ? [] : (["tcp", "udp"] as const);
  return {
    image,
    command: agentCommand(container),
    environment: agentEnvironment(container),
    // The part of the agent's configuration that only a restart can change.
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
    // If omitted, the provider reads back the network's name and replaces the container.
    networkMode: network === hostNetwork ? hostNetwork : "bridge",
    network: network === hostNetwork ? { name: network } : { name: network, address },
    ports: protocols.map((protocol): PublishedPort => ({
      protocol,
      internal: gossipPort,
      ...publish!,
    })),
  };
}

/** Docker's name for the network of the engine's host. */
export const hostNetwork = "host";

/** A hash of a description. If it differs, the container is replaced. */
export function containerSpec(description: ContainerDescription): string {
  return hashOf(description);
}

/** A short hash of what has the same text as JSON. */
export function hashOf(described: object): string {
  return createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 12);
}
