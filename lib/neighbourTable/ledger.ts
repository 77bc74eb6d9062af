/**
 * Who has asked for a larger neighbour table, and what its limits were before: the stacks of a host
 * share the table, so the last one to go puts the limits back, and each of the others lowers them only
 * as far as those that stay allow it.
 */
import {
  raisedFor,
  suffices,
  sumOfWishes,
  type ThresholdName,
  thresholdNames,
  type Thresholds,
  type Wishes,
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
  /** See `standing.ts`. */
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
export function claimedWishes(ledger: Ledger | undefined): Wishes {
  return mapped(ledger?.claims ?? {}, ({ entries }) => entries);
}

/**
 * Enters a claim and raises the limits as far as all wishes together need it. Nothing is lowered.
 *
 * @param ledger of this boot. Default: nobody has asked yet.
 * @param standing what the stacks want that stand, whether they have asked or not.
 */
export function claimTable(
  ledger: Ledger = emptyLedger,
  present: Thresholds,
  { boot, wisher, claim }: { boot: string; wisher: string; claim: Claim },
  standing: Wishes,
): Settlement {
  const claims = { ...ledger.claims, [wisher]: claim };
  const wishes = mapped(claims, ({ entries }) => entries);
  const limits = raisedFor(sumOfWishes(wishes, standing), present);
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
  wisher: string,
  standing: Wishes,
): Settlement {
  const claims = without(wisher, ledger.claims);
  const wanted = sumOfWishes(
    mapped(claims, ({ entries }) => entries),
    standing,
  );
  const needed = raisedFor(wanted, ledger.before);
  const isOurs = (name: ThresholdName) => ledger.set[name].includes(present[name]);
  const limits = eachLimit((name) =>
    isOurs(name) ? Math.min(present[name], needed[name]) : present[name],
  );
  const isDone = Object.keys(claims).length === 0 && suffices(ledger.before, wanted);
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
