import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { agentLabels, type AgentMarks, labelList, type Labels } from "../cluster/labels.ts";
import {
  type ContainerDescription,
  containerSpec,
  hostNetwork,
  processLimit,
} from "./description.ts";

/** The values of the labels of an agent's container, except the spec. */
export type ContainerMarks = Omit<AgentMarks, "spec">;

/** The labels of an agent's container. */
export function containerLabels(
  labels: Labels,
  description: ContainerDescription,
  marks: ContainerMarks,
): Record<string, string> {
  return agentLabels(labels, { ...marks, spec: containerSpec(description) });
}

/**
 * The inputs of an agent's container. Known values are passed as plain values instead of outputs, because every
 * input of every container is sent, compared and stored.
 *
 * @param network the network's name. Default: as described. An output of the network makes the container depend on
 *   it.
 */
export function containerArgs(
  name: string,
  description: ContainerDescription,
  labels: Readonly<Record<string, string>>,
  network: pulumi.Input<string> = description.network.name,
): docker.ContainerArgs {
  const { address } = description.network as { readonly address?: string };
  const isOnHost = description.network.name === hostNetwork;
  return {
    name,
    image: description.image,
    command: [...description.command],
    envs: [...description.environment],
    volumes: description.mounts.map(({ volume, path, isReadOnly }) => ({
      volumeName: volume,
      containerPath: path,
      ...(isReadOnly && { readOnly: true }),
    })),
    labels: labelList(labels),
    readOnly: description.isRootReadOnly,
    tmpfs: { ...description.tmpfs },
    capabilities: { drops: [...description.droppedCapabilities] },
    securityOpts: [...description.securityOptions],
    memory: description.memory,
    memorySwap: description.memoryWithSwap,
    // Not `cpus`: the provider reads back a different text from the one it was given, which shows as a change.
    cpuPeriod: description.cpuPeriod,
    cpuQuota: description.cpuQuota,
    logDriver: description.logDriver,
    logOpts: { ...description.logOptions },
    restart: description.restartPolicy,
    stopTimeout: description.stopGrace,
    destroyGraceSeconds: description.stopGrace,
    networkMode: description.networkMode,
    ...(!isOnHost && {
      networksAdvanced: [{ name: network, ...(address !== undefined && { ipv4Address: address }) }],
    }),
    ...(description.ports.length > 0 && {
      ports: description.ports.map(({ protocol, internal, address, port }) => ({
        internal,
        external: port,
        ip: address,
        protocol,
      })),
    }),
  };
}

/** The part of a description that is compared with a running container. */
export type ComparedDescription = Omit<
  ContainerDescription,
  | "configuration"
  | "isRootReadOnly"
  | "tmpfs"
  | "droppedCapabilities"
  | "securityOptions"
  | "logDriver"
  | "logOptions"
  | "networkMode"
  | "stopGrace"
>;

/** The reverse of {@link containerArgs}, for the inputs recorded in the state. */
export function describedIn(inputs: Readonly<Record<string, unknown>>): ComparedDescription {
  const args = inputs as unknown as RecordedArgs;
  const [network] = args.networksAdvanced ?? [];
  return {
    image: args.image,
    command: args.command,
    environment: args.envs,
    mounts: args.volumes.map(({ volumeName, containerPath, readOnly = false }) => ({
      volume: volumeName,
      path: containerPath,
      isReadOnly: readOnly,
    })),
    memory: args.memory,
    memoryWithSwap: args.memorySwap,
    cpuPeriod: args.cpuPeriod,
    cpuQuota: args.cpuQuota,
    processLimit,
    restartPolicy: args.restart,
    network:
      network === undefined
        ? { name: args.networkMode }
        : { name: network.name, address: network.ipv4Address ?? "" },
    ports: (args.ports ?? []).map(({ protocol, internal, ip, external = 0 }) => ({
      protocol,
      internal,
      address: ip,
      port: external,
    })),
  };
}

/** The result of {@link containerArgs}, with plain values only. */
interface RecordedArgs {
  readonly image: string;
  readonly command: string[];
  readonly envs: string[];
  readonly volumes: readonly { volumeName: string; containerPath: string; readOnly?: boolean }[];
  readonly memory: number;
  readonly memorySwap: number;
  readonly cpuPeriod: number;
  readonly cpuQuota: number;
  readonly restart: ContainerDescription["restartPolicy"];
  readonly networkMode: string;
  readonly networksAdvanced?: readonly { name: string; ipv4Address?: string }[];
  readonly ports?: readonly {
    protocol: "tcp" | "udp";
    internal: number;
    ip: string;
    external?: number;
  }[];
}
