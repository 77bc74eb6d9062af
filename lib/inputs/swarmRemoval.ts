import type { Labels } from "../cluster/labels.ts";

/** The program's standard input, as JSON. */
export interface SwarmRemovalInput {
  /** The cluster's network. */
  readonly network: string;
  /** The stack's labels. */
  readonly labels: Labels;
}
