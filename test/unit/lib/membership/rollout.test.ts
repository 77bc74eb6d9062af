import { describe, expect, test } from "vitest";
import type { Member } from "../../../../lib/cluster/members.ts";
import {
  describeDown,
  describeStop,
  downMembers,
  isDownAnyway,
  judgeStep,
  type Look,
  nameSome,
  nextBatch,
  type PresentMember,
} from "../../../../lib/membership/rollout.ts";

const names = ["seed", "joiner-1", "joiner-2", "joiner-3"];

const present = (changes: Readonly<Record<string, boolean>> = {}): PresentMember[] =>
  names.map((name) => ({ name, address: `of ${name}`, isRunning: changes[name] ?? true }));

/** A member's view: all alive, except for the changes. */
function look(
  viewer: string,
  changes: Readonly<Record<string, Member["status"] | undefined>> = {},
): Look {
  const seen = new Map(
    names.map((name): [string, Pick<Member, "status">] => [name, { status: "alive" }]),
  );
  for (const [name, status] of Object.entries(changes)) {
    if (status === undefined) seen.delete(name);
    else seen.set(name, { status });
  }
  return { viewer, seen };
}

const silent = (viewer: string): Look => ({ viewer, seen: undefined });

describe("downMembers", () => {
  const down = (...args: Parameters<typeof downMembers>) =>
    downMembers(...args).map(({ name }) => name);

  test("is empty when all run and see each other alive", () => {
    expect(
      down(
        present(),
        names.map((name) => look(name)),
      ),
    ).toEqual([]);
  });

  test.each<[string, PresentMember[], Look[], string[]]>([
    ["that do not run", present({ "joiner-1": false }), [look("seed")], ["joiner-1"]],
    ["that do not answer", present(), [look("seed"), silent("joiner-2")], ["joiner-2"]],
    [
      "that a single member sees as failed",
      present(),
      [look("seed"), look("joiner-1", { "joiner-3": "failed" })],
      ["joiner-3"],
    ],
    [
      "that a new seed does not know",
      present(),
      [look("seed", { "joiner-1": undefined })],
      ["joiner-1"],
    ],
  ])("are those %s", (_, members, looks, expected) => {
    expect(down(members, looks)).toEqual(expected);
  });
});

describe("isDownAnyway", () => {
  test.each<[boolean, string, PresentMember[], Look[]]>([
    [true, "does not exist", present().slice(0, 1), [look("seed")]],
    [true, "does not run", present({ "joiner-1": false }), [look("seed")]],
    [
      true,
      "is disconnected from all others",
      present(),
      [look("seed", { "joiner-1": "failed" }), look("joiner-1")],
    ],
    [false, "is alive", present(), [look("seed")]],
    [
      false,
      "one member sees as failed, but another does not",
      present(),
      [look("seed", { "joiner-1": "failed" }), look("joiner-2")],
    ],
    // A seed that was just replaced knows no other member, although all may be alive.
    [
      false,
      "the only member that was asked does not know",
      present(),
      [look("seed", { "joiner-1": undefined })],
    ],
    [false, "is not reported on by any member", present(), [silent("seed")]],
  ])("is %s for a member that: %s", (expected, _, members, looks) => {
    expect(isDownAnyway("joiner-1", members, looks)).toBe(expected);
  });
});

describe("nextBatch", () => {
  const waiting = ["joiner-1", "joiner-2", "joiner-3"];

  test.each([
    [1, ["joiner-1"]],
    [2, ["joiner-1", "joiner-2"]],
    [1000, waiting],
  ])("takes as many as may be down: %s", (maxUnavailable, expected) => {
    expect(nextBatch(waiting, present(), [look("seed")], maxUnavailable)).toEqual(expected);
  });

  test("takes one less for each that is down already", () => {
    const looks = [look("seed"), silent("joiner-3")];
    const others = ["joiner-1", "joiner-2"];
    expect(nextBatch(others, present(), looks, 2)).toEqual(["joiner-1"]);
    expect(nextBatch(others, present(), looks, 1)).toEqual([]);
  });

  test("takes first all members that are down anyway, and no others", () => {
    const members = present({ "joiner-3": false }).filter(({ name }) => name !== "joiner-2");
    expect(nextBatch(waiting, members, [look("seed")], 1)).toEqual(["joiner-2", "joiner-3"]);
  });

  test("does not trust the view of a seed that knows no other member", () => {
    const lost = { "joiner-1": undefined, "joiner-2": undefined, "joiner-3": undefined };
    expect(nextBatch(waiting, present(), [look("seed", lost)], 2)).toEqual([]);
  });
});

describe("judgeStep", () => {
  const none = new Set<string>();
  const judge = (looks: Look[], members = present(), excused: ReadonlySet<string> = none) => {
    const { faults, lost } = judgeStep(["joiner-1"], members, looks, excused);
    return { faults: Object.fromEntries(faults), lost };
  };

  test("finds nothing when all see each other alive", () => {
    expect(judge([look("seed"), look("joiner-1"), look("joiner-2")])).toEqual({
      faults: {},
      lost: [],
    });
  });

  test.each<[string, Look[], PresentMember[]]>([
    ["its container is not running", [look("seed")], present({ "joiner-1": false })],
    ["its container is not running", [look("seed")], present().slice(0, 1)],
    ["its agent does not answer", [look("seed"), silent("joiner-1")], present()],
    [
      "joiner-2 sees it as left",
      [look("seed"), look("joiner-2", { "joiner-1": "left" }), look("joiner-1")],
      present(),
    ],
    [
      "seed sees it as missing",
      [look("seed", { "joiner-1": undefined }), look("joiner-1")],
      present(),
    ],
    [
      "it does not see joiner-2, seed alive",
      [look("seed"), look("joiner-1", { seed: undefined, "joiner-2": "failed" })],
      present(),
    ],
  ])("reports that a new member %s", (fault, looks, members) => {
    expect(judge(looks, members).faults).toEqual({ "joiner-1": fault });
    expect(judge(looks, members).lost).toEqual([]);
  });

  test("does not blame the new member for another member's fault", () => {
    const looks = [
      look("seed", { "joiner-3": "failed" }),
      look("joiner-1", { "joiner-3": "failed" }),
    ];
    expect(judge(looks)).toEqual({ faults: {}, lost: ["joiner-3"] });
  });

  test("ignores members that were down before", () => {
    const looks = [
      look("seed", { "joiner-3": "failed" }),
      look("joiner-1", { "joiner-3": "failed" }),
    ];
    expect(judge(looks, present(), new Set(["joiner-3"]))).toEqual({ faults: {}, lost: [] });
    const blind = [look("seed"), look("joiner-1"), look("joiner-3", { "joiner-1": "failed" })];
    expect(judge(blind, present(), new Set(["joiner-3"]))).toEqual({ faults: {}, lost: [] });
  });

  test("judges each of several new members by itself", () => {
    const looks = [
      look("seed", { "joiner-2": "left" }),
      look("joiner-1", { "joiner-2": "left" }),
      silent("joiner-2"),
    ];
    const { faults, lost } = judgeStep(["joiner-1", "joiner-2"], present(), looks, none);
    expect([...faults]).toEqual([["joiner-2", "its agent does not answer"]]);
    expect(lost).toEqual([]);
  });
});

test("nameSome lists the first of many, ordered by index", () => {
  const many = [10, 2, 1, 4, 3].map((index) => ({ name: `joiner-${index}` }));
  expect(nameSome(many)).toBe("joiner-1, joiner-2, joiner-3, joiner-4 and 1 more");
  expect(nameSome(many.slice(0, 2))).toBe("joiner-2, joiner-10");
});

test("describeDown lists the members that are down, the setting and its value", () => {
  const rolling = { maxUnavailable: 1, timeout: 60 };
  expect(describeDown([{ name: "joiner-2" }], rolling)).toBe(
    "joiner-2 has been down for 60 s, and maxUnavailable is 1. Bring it up first, for example with `up` and " +
      "the previous configuration.",
  );
  expect(describeDown(present().slice(1), rolling)).toMatch(/joiner-3 have been down for 60 s/);
});

test("describeStop says how far the change got, which member failed, and why", () => {
  const failures = [
    { name: "joiner-2", reason: "its agent does not answer", log: "a\nb" },
    { name: "joiner-3", reason: "no memory", log: "" },
  ];
  expect(describeStop({ failures, lost: ["seed"], wanted: 5, changed: 1 })).toBe(
    [
      "seed went down in the meantime.",
      "The change has stopped: 1 of 5 members were replaced, and no other member was touched. The next `up` " +
        "repairs the cluster, with this configuration or the previous one.",
      "joiner-2 did not come up: its agent does not answer.",
      "Its log ends:",
      "  a",
      "  b",
      "joiner-3 did not come up: no memory.",
    ].join("\n"),
  );
  expect(describeStop({ failures: [], lost: [], wanted: 1, changed: 0 })).toContain(
    "0 of 1 member was replaced",
  );
});
