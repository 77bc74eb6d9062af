import type { Labels } from "../cluster/labels.ts";
import type { ContainerLimits } from "../containers/description.ts";

/** What the program takes from standard input, as JSON. */
export interface ImageTrialInput {
  /** The image's name with the tag. */
  readonly image: string;
  readonly limits: ContainerLimits;
  readonly labels: Labels;
  /** Seconds in which the agent must answer. */
  readonly timeout: number;
}
