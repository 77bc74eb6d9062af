import { agentRoles, roleLabel } from "../cluster/labels.ts";

export type FoundLabels = Readonly<Record<string, string>>;

/** What an engine says of a container; `inventory.ts` asks it. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  /** In the engine's word, for example `exited`. */
  readonly state?: string;
  readonly labels: FoundLabels;
  /** The address that it was given on a network; the first where there are several. Default: none. */
  readonly address?: string | undefined;
  /** The IDs of those that it is in. Default: they do not matter. */
  readonly networks?: readonly string[];
  /** The host's places that are published, as `address:port/protocol`. */
  readonly published: readonly string[];
}

export interface FoundNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: FoundLabels;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
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

/** The names of what the engine has beside it. */
interface ForeignNames {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  /** With tags. */
  readonly images: readonly string[];
}

/** What carries a stack's labels on an engine, and every network there is. */
export interface Inventory {
  readonly containers: readonly FoundContainer[];
  readonly foreign: ForeignNames;
  /** Also those of others. */
  readonly networks: readonly FoundNetwork[];
  readonly images: readonly FoundImage[];
  readonly volumes: readonly FoundVolume[];
}

/** The containers with agents that run, the seed's first. */
export function agentsThatRun(containers: readonly FoundContainer[]): FoundContainer[] {
  const rank = ({ labels }: FoundContainer) =>
    agentRoles.findIndex((role) => role === labels[roleLabel]);
  return containers
    .filter((found) => found.isRunning && rank(found) >= 0)
    .sort((a, b) => rank(a) - rank(b));
}
