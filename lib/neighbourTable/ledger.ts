/**
 * Records which stacks have claimed a larger neighbour table, and its previous limits. All stacks on a host share
 * the table, so each stack lowers the limits only as far as the remaining ones allow, and the last one restores
 * them.
 */
import {
  type Demand,
  isLargeEnough,
  raisedFor,
  type ThresholdName,
  thresholdNames,
  type Thresholds,
  totalDemand,
  without,
} from "./demand.ts";

export interface Ledger {
  /** The kernel's boot ID. After a reboot the kernel has its defaults again, and the ledger is void. */
  readonly boot: string;
  /** The limits to restore in the end. */
  readonly before: Thresholds;
  /** All values that this project has set. Any other value was set by somebody else, and is left alone. */
  readonly set: Readonly<Record<ThresholdName, readonly number[]>>;
  /** The claims, by claimant. */
  readonly claims: Readonly<Record<string, Claim>>;
}

export interface Claim {
  readonly entries: number;
  /** See `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** What has to be written. The ledger is written first if limits are raised, and last if they are lowered. */
export interface Settlement {
  /** Undefined if it is not needed any more. */
  readonly ledger: Ledger | undefined;
  readonly limits: Thresholds;
  /** The limits that somebody else has changed since then, which are therefore kept. */
  readonly foreign: readonly ThresholdName[];
}

/** The demand of all claims. */
export function claimedDemand(ledger: Ledger | undefined): Demand {
  return mapped(ledger?.claims ?? {}, ({ entries }) => entries);
}

/**
 * Adds a claim and raises the limits to the total demand. Nothing is lowered.
 *
 * @param ledger the ledger of this boot. Default: there are no claims yet.
 * @param running the demand of the stacks with containers on the engine, with or without a claim.
 */
export function claimTable(
  ledger: Ledger = emptyLedger,
  present: Thresholds,
  { boot, claimant, claim }: { boot: string; claimant: string; claim: Claim },
  running: Demand,
): Settlement {
  const claims = { ...ledger.claims, [claimant]: claim };
  const demand = mapped(claims, ({ entries }) => entries);
  const limits = raisedFor(totalDemand(demand, running), present);
  const isOurs = (name: ThresholdName) => ledger.set[name].includes(present[name]);
  const before = eachLimit((name) => (isOurs(name) ? ledger.before : present)[name]);
  return {
    ledger: { boot, before, set: noted(ledger, before, limits), claims },
    limits,
    foreign: [],
  };
}

/** Removes a claim, and lowers the limits set by this project as far as the remaining stacks allow. */
export function releaseTable(
  ledger: Ledger,
  present: Thresholds,
  claimant: string,
  running: Demand,
): Settlement {
  const claims = without(claimant, ledger.claims);
  const wanted = totalDemand(
    mapped(claims, ({ entries }) => entries),
    running,
  );
  const needed = raisedFor(wanted, ledger.before);
  const isOurs = (name: ThresholdName) => ledger.set[name].includes(present[name]);
  const limits = eachLimit((name) =>
    isOurs(name) ? Math.min(present[name], needed[name]) : present[name],
  );
  const isDone = Object.keys(claims).length === 0 && isLargeEnough(ledger.before, wanted);
  return {
    ledger: isDone ? undefined : { ...ledger, set: noted(ledger, ledger.before, limits), claims },
    limits,
    foreign: thresholdNames.filter(
      (name) =>
        ledger.set[name].length > 0 && !isOurs(name) && present[name] !== ledger.before[name],
    ),
  };
}

const emptyLedger: Ledger = {
  boot: "",
  before: { gc_thresh1: 0, gc_thresh2: 0, gc_thresh3: 0 },
  set: { gc_thresh1: [], gc_thresh2: [], gc_thresh3: [] },
  claims: {},
};

/** Recorded before the limit is set, so that an interrupted run leaves no unknown value behind. */
function noted({ set }: Ledger, before: Thresholds, limits: Thresholds): Ledger["set"] {
  return eachLimit((name) => {
    const value = limits[name];
    return value === before[name] || set[name].includes(value) ? set[name] : [...set[name], value];
  });
}

function eachLimit<T>(work: (name: ThresholdName) => T): Record<ThresholdName, T> {
  return Object.fromEntries(thresholdNames.map((name) => [name, work(name)])) as Record<
    ThresholdName,
    T
  >;
}

function mapped<T, U>(values: Readonly<Record<string, T>>, work: (value: T) => U) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, work(value)]));
}
