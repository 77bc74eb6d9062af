/**
 * Who has asked for a larger neighbour table, and what its limits were before: the stacks of a host
 * share the table, so the last one to go puts the limits back, and each of the others lowers them only
 * as far as those that stay allow it.
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
  /** The kernel's boot: a later one has its defaults again, and this says nothing about it. */
  readonly boot: string;
  /** What is put back in the end. */
  readonly before: Thresholds;
  /** All that was set from here; any other value is somebody else's, and is left alone. */
  readonly set: Readonly<Record<ThresholdName, readonly number[]>>;
  /** By who asked. */
  readonly claims: Readonly<Record<string, Claim>>;
}

export interface Claim {
  readonly entries: number;
  /** See `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** What is to be written: the ledger first when limits are raised, last when they are put back. */
export interface Settlement {
  /** Undefined when it has served its purpose. */
  readonly ledger: Ledger | undefined;
  readonly limits: Thresholds;
  /** The limits that somebody else has set since, which therefore stay. */
  readonly foreign: readonly ThresholdName[];
}

/** What those want who have asked. */
export function claimedDemand(ledger: Ledger | undefined): Demand {
  return mapped(ledger?.claims ?? {}, ({ entries }) => entries);
}

/**
 * Enters a claim and raises the limits as far as the whole demand needs it. Nothing is lowered.
 *
 * @param ledger of this boot. Default: nobody has asked yet.
 * @param running what the stacks with containers on the engine need, whether they have asked or not.
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

/** Takes a claim out and lowers the limits that were set from here as far as who stays allows it. */
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

/** Before it is written, so that a run that is cut short leaves no value behind that nobody knows. */
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
