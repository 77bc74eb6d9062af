import type { Labels } from "../cluster/labels.ts";
import type { NamedEngine } from "../engine/scope.ts";

/** The program's standard input, as JSON. */
export interface EngineRosterInput {
  /** The engines on which the members run. */
  readonly engines: readonly NamedEngine[];
  /** The stack's labels. */
  readonly labels: Labels;
}
