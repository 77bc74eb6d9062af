import type { Profile } from "../agents/config.ts";
import type { Labels } from "../cluster/labels.ts";
import type { ExpectedMember } from "../cluster/members.ts";
import type { View } from "../membership/views.ts";

/** What the program takes from standard input, as JSON. */
export interface ConvergenceInput {
  readonly expected: readonly ExpectedMember[];
  /** The first is the seed's, whose members are printed. */
  readonly views: readonly View[];
  /** Where an agent of the host that is a process keeps its files, and is to leave first. Default: none is. */
  readonly formerHostDir?: string;
  /** The cluster's network, which others' containers have to leave that are in the cluster. */
  readonly network: string;
  /** Of the stack. */
  readonly labels: Labels;
  /** How patient the agents are with each other. */
  readonly profile: Profile;
  /** Seconds. */
  readonly timeout: number;
  /** Not read by the program: others make it run again. */
  readonly incarnations: readonly string[];
}
