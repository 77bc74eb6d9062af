import { agentRoles, roleLabel } from "../cluster/labels.ts";
import type { NamedEngine } from "./scope.ts";

export type FoundLabels = Readonly<Record<string, string>>;

/** A container as the engine describes it; see `inventory.ts`. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  /** The engine's name for its state, for example `exited`. */
  readonly state?: string;
  readonly labels: FoundLabels;
  /** Its configured address on a network; the first one if there are several. Default: none. */
  readonly address?: string | undefined;
  /** The IDs of its networks. Default: not needed. */
  readonly networks?: readonly string[];
  /** The published host addresses, as `address:port/protocol`. */
  readonly published: readonly string[];
  /** When it was created, in milliseconds of the engine's clock. Default: not needed. */
  readonly created?: number;
  /** Its engine, if the stack has several. */
  readonly engine?: NamedEngine;
}

export interface FoundNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: FoundLabels;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
  /** When it was created, in milliseconds of the engine's clock. Default: not needed. */
  readonly created?: number;
}

export interface FoundImage {
  readonly id: string;
  /** Names with tags. */
  readonly names: readonly string[];
  readonly labels: FoundLabels;
}

export interface FoundVolume {
  readonly name: string;
  readonly labels: FoundLabels;
}

/** The names of objects on the engine that do not belong to the stack. */
interface ForeignNames {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  /** With tags. */
  readonly images: readonly string[];
}

/** The objects of a stack on the engine, and all networks. */
export interface Inventory {
  readonly containers: readonly FoundContainer[];
  readonly foreign: ForeignNames;
  /** Including networks that do not belong to the stack. */
  readonly networks: readonly FoundNetwork[];
  readonly images: readonly FoundImage[];
  readonly volumes: readonly FoundVolume[];
}

/** The running containers with agents, the seed's first. */
export function agentsThatRun(containers: readonly FoundContainer[]): FoundContainer[] {
  const rank = ({ labels }: FoundContainer) =>
    agentRoles.findIndex((role) => role === labels[roleLabel]);
  return containers
    .filter((found) => found.isRunning && rank(found) >= 0)
    .sort((a, b) => rank(a) - rank(b));
}
