import type { Profile } from "../agents/config.ts";
import type { Labels } from "../cluster/labels.ts";
import type { ExpectedMember } from "../cluster/members.ts";
import type { NamedEngine } from "../engine/scope.ts";
import type { View } from "../membership/views.ts";

/** The program's standard input, as JSON. */
export interface ConvergenceInput {
  readonly expected: readonly ExpectedMember[];
  /** The views to check. The first is the seed's, which is printed. */
  readonly views: readonly View[];
  /** The folder of a host agent that runs as a process and must leave first. Default: none has to. */
  readonly formerHostDir?: string;
  /** The cluster's network; other containers that have become members are disconnected from it. */
  readonly network: string;
  /** The engines on which the members run. Default: the one of this process. */
  readonly engines?: readonly NamedEngine[];
  /** The stack's labels. */
  readonly labels: Labels;
  /** Serf's timing profile. */
  readonly profile: Profile;
  /** Seconds. */
  readonly timeout: number;
  /** Not used by the program: a change makes Pulumi run it again. */
  readonly incarnations: readonly string[];
}
