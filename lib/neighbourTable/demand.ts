/**
 * Calculates how large the kernel's neighbour table must be. All containers and the host share one table: its
 * limits and its count of entries are global for the kernel, whatever the network namespace.
 */
import { projectLabel, roleLabel, stackLabel } from "../cluster/labels.ts";
import type { FoundContainer } from "../engine/found.ts";

/**
 * The limits, by the kernel's names. Up to gc_thresh1 no entry is removed; above gc_thresh2, entries older than
 * five seconds are removed; gc_thresh3 is the maximum, and a packet that needs another entry is dropped.
 */
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export type ThresholdName = (typeof thresholdNames)[number];

export const thresholdNames = ["gc_thresh1", "gc_thresh2", "gc_thresh3"] as const;

/** The prefix of the limits' names in `sysctl`. */
export const sysctlPrefix = "net.ipv4.neigh.default.";

/** The required entries, by claimant. */
export type Demand = Readonly<Record<string, number>>;

/** The claimant's name for a stack. */
export function claimantOf(labels: Readonly<Record<string, string>>): string {
  return `${labels[projectLabel] ?? ""}/${labels[stackLabel] ?? ""}`;
}

/** The entries of a cluster: each agent needs one for each other agent. */
export function wantedEntries(agents: number): number {
  return agents * (agents - 1);
}

/** The entries that the stacks on an engine need. One host agent is added to each, since it may not be a container. */
export function demandOf(containers: readonly FoundContainer[]): Demand {
  const agents = new Map<string, number>();
  for (const { labels } of containers) {
    if (!["seed", "joiner"].includes(labels[roleLabel] ?? "")) continue;
    const claimant = claimantOf(labels);
    agents.set(claimant, (agents.get(claimant) ?? 1) + 1);
  }
  return Object.fromEntries(
    [...agents].map(([claimant, count]) => [claimant, wantedEntries(count)]),
  );
}

/** The kernel's defaults. */
export const defaultLimits: Thresholds = { gc_thresh1: 128, gc_thresh2: 512, gc_thresh3: 1024 };

/** The total demand. If several records name a claimant, the largest value counts. */
export function totalDemand(...demands: readonly Demand[]): number {
  const claimants = new Set(demands.flatMap((demand) => Object.keys(demand)));
  return [...claimants].reduce(
    (sum, claimant) => sum + Math.max(...demands.map((demand) => demand[claimant] ?? 0)),
    0,
  );
}

/** The records of all claimants but one. */
export function without<T>(
  claimant: string,
  recorded: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(recorded).filter(([other]) => other !== claimant));
}

export function isLargeEnough({ gc_thresh3: limit }: Thresholds, entries: number): boolean {
  return entries <= limit;
}

/** Limits for this many entries, none lower than the present ones, in the ratio of the kernel's defaults. */
export function raisedFor(entries: number, present: Thresholds): Thresholds {
  if (isLargeEnough(present, entries)) return present;
  const kept = 2 ** Math.ceil(Math.log2(entries));
  return {
    gc_thresh1: Math.max(present.gc_thresh1, kept),
    gc_thresh2: Math.max(present.gc_thresh2, 4 * kept),
    gc_thresh3: Math.max(present.gc_thresh3, 8 * kept),
  };
}
