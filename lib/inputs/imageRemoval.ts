import type { Labels } from "../cluster/labels.ts";

/** The program's standard input, as JSON. */
export interface ImageRemovalInput {
  /** The image's name with the tag. */
  readonly image: string;
  readonly labels: Labels;
}
