import type { Labels } from "../cluster/labels.ts";

/** What the program takes from standard input, as JSON. */
export interface ImageRemovalInput {
  /** The name with the tag. */
  readonly image: string;
  readonly labels: Labels;
}
