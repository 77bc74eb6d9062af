import type { Profile } from "../../lib/agents/config.ts";

/** What a run of the bench records. The file results.json is a {@link Results}. */

/** The contenders, in the order of the reports. */
export const contenderNames = [
  "limit",
  "article",
  "compose",
  "compose, a service each",
  "terraform",
  "ours",
  "ours, host agent on",
] as const;

export type ContenderName = (typeof contenderNames)[number];

/** The metrics, with their meaning. */
export const metrics = {
  up: "seconds until all members are alive as seen from the seed",
  cpu: "CPU seconds, user and system, of the contender's own processes during `up`",
  gap: "seconds from the start of the last container to all members alive",
  plan: "seconds of a plan that changes nothing",
  apply: "seconds of an apply that changes nothing",
  grow: "seconds of adding one joiner",
  shrink: "seconds of removing one joiner",
  rebuild: "seconds of an apply after a change in the image's context",
  destroy: "seconds until no container and no network is left",
  state: "bytes of the state after `up`",
} as const;

export type Metric = keyof typeof metrics;

/** A single measurement, never an average. */
export interface Measurement {
  readonly contender: ContenderName;
  /** The number of joiners. The seed and the host's agent are not included. */
  readonly joiners: number;
  /** Starts at 1. */
  readonly round: number;
  readonly metric: Metric;
  /** In the unit that {@link metrics} states. */
  readonly value: number;
}

/** A step that failed. The contender's remaining steps in that round were skipped. */
export interface Failure {
  readonly contender: ContenderName;
  readonly joiners: number;
  readonly round: number;
  readonly step: string;
  readonly reason: string;
}

/** How fast the limit is with a number of containers created at once. */
export interface Parallelism {
  readonly atOnce: number;
  /** The seconds of each attempt. */
  readonly seconds: readonly number[];
}

export interface Results {
  /** When the run began, in ISO 8601. */
  readonly date: string;
  /** Facts about the machine, by name. */
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** The agents' timing profile. */
  readonly profile: Profile;
  readonly rounds: number;
  readonly sizes: readonly number[];
  /** How many containers the limit creates at once; undefined when it was not a contender. */
  readonly limitParallelism?: number;
  /** The measurements that the number was chosen by; empty when it was given. */
  readonly parallelismTried: readonly Parallelism[];
  /** Contenders that were not available, with the reason. */
  readonly missing: Readonly<Partial<Record<ContenderName, string>>>;
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
}
