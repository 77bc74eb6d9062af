import { expect, test } from "vitest";
import {
  claimedDemand,
  claimTable,
  type Ledger,
  releaseTable,
} from "../../../../lib/neighbourTable/ledger.ts";
import {
  defaultLimits,
  raisedFor,
  type Thresholds,
} from "../../../../lib/neighbourTable/demand.ts";

const hundred = 10_302;
const raised = raisedFor(hundred, defaultLimits);

function claim(claimant: string, entries: number, present: Thresholds, ledger?: Ledger) {
  const place = { boot: "now", claimant, claim: { entries, generation: `of ${claimant}` } };
  return claimTable(ledger, present, place, {});
}

test("a claim that fits is recorded, and changes nothing", () => {
  const { ledger, limits } = claim("a", 20, defaultLimits);
  expect(limits).toEqual(defaultLimits);
  expect(ledger).toMatchObject({ boot: "now", claims: { a: { entries: 20 } } });
  expect(releaseTable(ledger!, defaultLimits, "a", {})).toEqual({
    ledger: undefined,
    limits: defaultLimits,
    foreign: [],
  });
});

test("the limits are restored when their only claimant is released", () => {
  const { ledger, limits } = claim("a", hundred, defaultLimits);
  expect(limits).toEqual(raised);
  expect(ledger?.before).toEqual(defaultLimits);
  expect(releaseTable(ledger!, raised, "a", {})).toEqual({
    ledger: undefined,
    limits: defaultLimits,
    foreign: [],
  });
});

test("a second claim keeps the original values, and repeating it changes nothing", () => {
  const first = claim("a", hundred, defaultLimits);
  const again = claim("a", hundred, raised, first.ledger);
  expect(again).toEqual({ ...first, limits: raised });
  const second = claim("b", 200_000, raised, first.ledger);
  expect(second.limits.gc_thresh3).toBe(8 * 262_144);
  expect(second.ledger?.before).toEqual(defaultLimits);
  expect(claimedDemand(second.ledger)).toEqual({ a: hundred, b: 200_000 });
});

test("the first release lowers the limits as far as the other claim allows", () => {
  const both = claim("b", 200_000, raised, claim("a", hundred, defaultLimits).ledger);
  const one = releaseTable(both.ledger!, both.limits, "b", {});
  expect(one.limits).toEqual(raised);
  expect(Object.keys(one.ledger!.claims)).toEqual(["a"]);
  expect(releaseTable(one.ledger!, one.limits, "a", {}).limits).toEqual(defaultLimits);
});

test("a stack without a claim keeps the limits raised while it exists", () => {
  const { ledger } = claim("a", hundred, defaultLimits);
  const left = releaseTable(ledger!, raised, "a", { b: 9000 });
  expect(left).toMatchObject({ limits: raised, ledger: { claims: {} } });
  expect(releaseTable(left.ledger!, raised, "b", {})).toMatchObject({
    ledger: undefined,
    limits: defaultLimits,
  });
});

test("other stacks are counted when limits are raised", () => {
  const place = { boot: "now", claimant: "a", claim: { entries: 1000, generation: "" } };
  const { limits } = claimTable(undefined, defaultLimits, place, { a: 30, b: 25 });
  expect(limits.gc_thresh1).toBe(2048);
});

test("values that somebody else set meanwhile are kept, and reported", () => {
  const { ledger } = claim("a", hundred, defaultLimits);
  const present = { ...raised, gc_thresh3: 200_000 };
  expect(releaseTable(ledger!, present, "a", {})).toEqual({
    ledger: undefined,
    limits: { ...defaultLimits, gc_thresh3: 200_000 },
    foreign: ["gc_thresh3"],
  });
});

test("values that somebody else set are restored after a later claim had to raise them", () => {
  const { ledger } = claim("a", hundred, defaultLimits);
  const later = claim("b", 20, { ...raised, gc_thresh3: 5000 }, ledger);
  expect(later.limits).toEqual(raised);
  const { gc_thresh1, gc_thresh2 } = defaultLimits;
  expect(later.ledger?.before).toEqual({ gc_thresh1, gc_thresh2, gc_thresh3: 5000 });
});

test("limits that were restored by hand do not count as changed by somebody else", () => {
  const { ledger } = claim("a", hundred, defaultLimits);
  expect(releaseTable(ledger!, defaultLimits, "a", {})).toEqual({
    ledger: undefined,
    limits: defaultLimits,
    foreign: [],
  });
});

test("an interrupted claim is undone, whatever it has changed", () => {
  const first = claim("a", hundred, defaultLimits);
  const more = claim("a", 200_000, raised, first.ledger);
  const halfWay = { ...raised, gc_thresh1: more.limits.gc_thresh1 };
  expect(releaseTable(more.ledger!, halfWay, "a", {})).toMatchObject({
    ledger: undefined,
    limits: defaultLimits,
    foreign: [],
  });
  const again = claim("a", 200_000, halfWay, more.ledger);
  expect(again.limits).toEqual(more.limits);
  expect(again.ledger?.before).toEqual(defaultLimits);
});
