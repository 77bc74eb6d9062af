import type { Profile } from "../agents/config.ts";
import type { Labels } from "../cluster/labels.ts";
import type { Member } from "../cluster/members.ts";
import type { View } from "../membership/views.ts";

/** A service as it was declared. */
export interface DeclaredService {
  readonly name: string;
  readonly group: string;
  /** How many tasks it has; undefined for one on each node. */
  readonly replicas: number | undefined;
  /** The tags that all its members have. */
  readonly tags: Readonly<Record<string, string>>;
  /** The hash of what its tasks are. */
  readonly spec: string;
}

/** The standard input of the program that waits for tasks, as JSON. */
export interface SwarmTasksInput {
  readonly services: readonly DeclaredService[];
  /** The cluster's network. */
  readonly network: string;
  /** The stack's labels. */
  readonly labels: Labels;
  /** Seconds. */
  readonly timeout: number;
}

/** The standard input of the program that waits for the cluster, as JSON. */
export interface SwarmFormationInput extends SwarmTasksInput {
  /** Serf's timing profile. */
  readonly profile: Profile;
  /** Not used by the program: a change makes Pulumi run it again. */
  readonly incarnations: readonly string[];
  /** The same, for members that do not see each other although nothing has changed. */
  readonly generation: string;
}

/** What the program prints, as JSON. */
export interface SwarmFormationResult {
  readonly members: readonly Member[];
  /** The agent on this engine that sees them. */
  readonly view: View;
}
