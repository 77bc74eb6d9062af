import type { Labels } from "../cluster/labels.ts";

/** The program's standard input, as JSON. */
export interface NeighbourTableInput {
  readonly labels: Labels;
  /** How many entries the stack's agents need. */
  readonly entries: number;
  /** Recorded with the claim. A new generation makes the program check the limits again. */
  readonly generation: string;
}
