import { expect, test } from "vitest";
import {
  ageText,
  jsonOf,
  type ListedStack,
  tableOf,
} from "../../../../../cli/support/stacks/listing.ts";
import { describe as sentence, pruningOf } from "../../../../../cli/support/stacks/prune.ts";

const now = Date.parse("2026-11-28T12:00:00Z");
const hours = (count: number) => now - count * 3_600_000;

const stack = (name: string, changes: Partial<ListedStack>): ListedStack => ({
  ...{ name, members: 5, running: 5, created: hours(9), owner: "anna", ttl: undefined },
  ...{ ids: new Set<string>(), origin: "here" },
  ...changes,
});

const stacks = [
  stack("dev", { created: hours(60), owner: undefined }),
  stack("pr-12", { ttl: "8h", running: 4 }),
  stack("pr-13", { ttl: "8h", origin: "elsewhere", owner: "berta" }),
  stack("pr-14", { ttl: "8h", origin: "unreadable" }),
  stack("pr-15", { ttl: "3d", created: undefined }),
  stack("pr-16", { ttl: "10h" }),
];

test("the list has one stack a line", () => {
  expect(tableOf(stacks, now)).toBe(
    [
      "STACK  MEMBERS  AGE  OWNER  TTL        STATE",
      "dev    5/5      2d   -      -          here",
      "pr-12  4/5      9h   anna   8h, ended  here",
      "pr-13  5/5      9h   berta  8h, ended  elsewhere",
      "pr-14  5/5      9h   anna   8h, ended  unreadable",
      "pr-15  5/5      -    anna   3d         here",
      "pr-16  5/5      9h   anna   10h        here",
    ].join("\n"),
  );
  expect(tableOf([], now)).toBe("The engine has no stacks.");
});

test("as JSON it is a list, with null for what does not show", () => {
  expect(JSON.parse(jsonOf(stacks.slice(0, 2), now))).toEqual([
    {
      ...{ name: "dev", members: 5, running: 5, created: "2026-11-26T00:00:00.000Z", age: 216_000 },
      ...{ owner: null, ttl: null, hasEnded: false, state: "here" },
    },
    {
      ...{
        name: "pr-12",
        members: 5,
        running: 4,
        created: "2026-11-28T03:00:00.000Z",
        age: 32_400,
      },
      ...{ owner: "anna", ttl: "8h", hasEnded: true, state: "here" },
    },
  ]);
  expect(JSON.parse(jsonOf(stacks.slice(4, 5), now))).toMatchObject([{ created: null, age: null }]);
  expect(jsonOf([], now)).toBe("[]");
});

test.each([
  [undefined, "-"],
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [7199, "119m"],
  [7200, "2h"],
  [172_799, "47h"],
  [172_800, "2d"],
])("an age of %s seconds is %s", (seconds, text) => {
  expect(ageText(seconds)).toBe(text);
});

test("only stacks that have outlived their ttl are taken down, if their state is here", () => {
  const { expired, skipped, faults } = pruningOf(stacks, now);
  expect(expired.map(({ name }) => name)).toEqual(["pr-12"]);
  expect(skipped).toEqual([
    "Stack pr-13 of berta is 9h old, and its ttl is 8h. Its state is in another backend, so it is left alone.",
  ]);
  expect(faults).toEqual([
    "Stack pr-14 of anna is 9h old, and its ttl is 8h. Its state cannot be read, so it is left alone; " +
      "`npm stop -- --stack pr-14` says why.",
  ]);
  expect(sentence({ ...stacks[1]!, owner: undefined }, now)).toBe(
    "Stack pr-12 is 9h old, and its ttl is 8h",
  );
});
