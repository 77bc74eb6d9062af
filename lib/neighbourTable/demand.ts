/**
 * How large the kernel's neighbour table must be. All containers and the host share one table: its
 * limits are the kernel's, whatever the network namespace, and so are the entries that count.
 */
import { roleLabel } from "../cluster/labels.ts";
import type { FoundContainer } from "../engine/found.ts";

/**
 * The limits, by the kernel's own names: up to the first no entry goes, beyond the second those go that are
 * older than five seconds, and beyond the third there is none, and a packet that needs one is dropped.
 */
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export type ThresholdName = (typeof thresholdNames)[number];

export const thresholdNames = ["gc_thresh1", "gc_thresh2", "gc_thresh3"] as const;

/** Begins the names of the limits as `sysctl` takes them. */
export const sysctlPrefix = "net.ipv4.neigh.default.";

/** Entries by who wants them. */
export type Demand = Readonly<Record<string, number>>;

/** Names a stack in a {@link Demand}. */
export function claimantOf(labels: Readonly<Record<string, string>>): string {
  return `${labels["serf.project"] ?? ""}/${labels["serf.stack"] ?? ""}`;
}

/** The entries of a cluster: each agent has one for each other. */
export function wantedEntries(agents: number): number {
  return agents * (agents - 1);
}

/** What the stacks on an engine want, with the host's agent, which no container may show. */
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

/** The kernel's own. */
export const defaultLimits: Thresholds = { gc_thresh1: 128, gc_thresh2: 512, gc_thresh3: 1024 };

/** The whole demand; of one that is told twice, the larger counts. */
export function totalDemand(...told: readonly Demand[]): number {
  const claimants = new Set(told.flatMap((demand) => Object.keys(demand)));
  return [...claimants].reduce(
    (sum, claimant) => sum + Math.max(...told.map((demand) => demand[claimant] ?? 0)),
    0,
  );
}

/** What is recorded of all but one. */
export function without<T>(
  claimant: string,
  recorded: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(recorded).filter(([other]) => other !== claimant));
}

export function isLargeEnough({ gc_thresh3: limit }: Thresholds, entries: number): boolean {
  return entries <= limit;
}

/** Limits for so many entries, none lower than those there are, in the proportions of the kernel's defaults. */
export function raisedFor(entries: number, present: Thresholds): Thresholds {
  if (isLargeEnough(present, entries)) return present;
  const kept = 2 ** Math.ceil(Math.log2(entries));
  return {
    gc_thresh1: Math.max(present.gc_thresh1, kept),
    gc_thresh2: Math.max(present.gc_thresh2, 4 * kept),
    gc_thresh3: Math.max(present.gc_thresh3, 8 * kept),
  };
}
