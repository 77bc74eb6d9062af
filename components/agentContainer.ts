/** What the containers of all agents have alike, the seed's and the joiners'. */
import { createHash } from "node:crypto";
import { type AgentIdentity, configFolder, dataFolder, fixedConfig } from "./agentConfig.ts";

/** Seconds that an agent has to leave when it is stopped. Serf gives itself 3; the rest is for a busy host. */
export const stopGrace = 10;

export const restartPolicy = "unless-stopped";

/** The names of a stack's volumes. */
export interface VolumeNames {
  /** Holds the agents' configurations. */
  readonly config: string;
  /** Holds what the agents keep, so that it survives their containers. */
  readonly data: string;
}

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

/** What every program in an agent's container is told: handlers, and those that are run by hand. */
export function agentEnvironment({ name, rpcPort }: Pick<AgentContainer, "name" | "rpcPort">) {
  const rpc = rpcPort === undefined ? [] : [`SERF_RPC_ADDR=127.0.0.1:${rpcPort}`];
  return [`SERF_DATA=${dataFolder}/${name}`, ...rpc];
}

/** What an agent's container is made from. */
export interface AgentContainer extends AgentIdentity {
  /** The image's name with the tag. */
  readonly image: string;
  /** The network's name. */
  readonly network: string;
  readonly volumes: VolumeNames;
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
  const { image, network, volumes, publish, rpcPort } = container;
  const place = rpcPort === undefined ? {} : { rpcAddress: `127.0.0.1:${rpcPort}` };
  const parts = [image, network, agentMounts(volumes), fixedConfig(container, place), publish];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
