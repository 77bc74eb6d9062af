import type { Profile } from "../../lib/agents/config.ts";

/** What a run of the bench records; results.json is a {@link Results}. */

/** The contenders in the order in which reports name them. */
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

/** What is measured, each with what its figure means. */
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

/** One figure, never an average. */
export interface Measurement {
  readonly contender: ContenderName;
  /** The number of joiners; the seed comes on top, with the host's agent one more. */
  readonly joiners: number;
  /** Counted from 1. */
  readonly round: number;
  readonly metric: Metric;
  /** In the unit that {@link metrics} names. */
  readonly value: number;
}

/** A step that did not succeed; the steps after it were left out in that round. */
export interface Failure {
  readonly contender: ContenderName;
  readonly joiners: number;
  readonly round: number;
  readonly step: string;
  readonly reason: string;
}

/** How fast the engine's own limit is with so many containers made at once. */
export interface Parallelism {
  readonly atOnce: number;
  /** Seconds of each attempt. */
  readonly seconds: readonly number[];
}

export interface Results {
  /** ISO 8601, when the run began. */
  readonly date: string;
  /** Facts of the machine and versions, as words by name. */
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** How patient the agents are with each other. */
  readonly profile: Profile;
  readonly rounds: number;
  readonly sizes: readonly number[];
  /** How many containers the limit makes at once, where it is among the contenders. */
  readonly limitParallelism?: number;
  /** The attempts that chose it; none when it was given. */
  readonly parallelismTried: readonly Parallelism[];
  /** Contenders that are not here, with what is missing. */
  readonly missing: Readonly<Partial<Record<ContenderName, string>>>;
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
}
