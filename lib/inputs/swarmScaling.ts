import type { Labels } from "../cluster/labels.ts";

/** The program's standard input, as JSON. */
export interface SwarmScalingInput {
  /** How many tasks each service will have, by its name; without those that run one on each node. */
  readonly replicas: Readonly<Record<string, number>>;
  /** The stack's labels. */
  readonly labels: Labels;
}
