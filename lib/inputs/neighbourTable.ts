import type { Labels } from "../cluster/labels.ts";

/** What the program takes from standard input, as JSON. */
export interface NeighbourTableInput {
  readonly labels: Labels;
  /** How many entries the stack's agents want. */
  readonly entries: number;
  /** Recorded with the claim; a new one asks for a new look at the limits. */
  readonly generation: string;
}
