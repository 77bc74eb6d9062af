import type { Labels } from "../cluster/labels.ts";
import type { ContainerLimits } from "../containers/description.ts";

/** The program's standard input, as JSON. */
export interface ImageTrialInput {
  /** The image's name with the tag. */
  readonly image: string;
  readonly limits: ContainerLimits;
  readonly labels: Labels;
  /** Seconds until the agent must answer. */
  readonly timeout: number;
}
