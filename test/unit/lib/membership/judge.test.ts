import { expect, test } from "vitest";
import type { Member } from "../../../../lib/cluster/members.ts";
import { compareMembers, hasFormed } from "../../../../lib/membership/judge.ts";

function member(name: string, status: Member["status"] = "alive", address = "10.0.0.1"): Member {
  return { name, address, status, tags: {} };
}

test("a view is correct when exactly the expected members are alive at their addresses", () => {
  const expected = [
    { name: "a", address: "10.0.0.1", tags: {} },
    { name: "b", address: "10.0.0.1", tags: {} },
  ];
  expect(compareMembers(expected, [member("a"), member("b")])).toEqual([]);
  expect(
    compareMembers(expected, [
      member("a"),
      member("b"),
      member("old", "left"),
      member("x", "failed"),
    ]),
  ).toEqual([]);
});

test("every fault of a view is reported", () => {
  const expected = ["a", "b", "c", "d", "e"].map((name) => ({
    name,
    address: "10.0.0.1",
    tags: {},
  }));
  const seen = [
    member("a", "failed"),
    member("b", "alive", "10.9.9.9"),
    member("c", "leaving"),
    { ...member("e"), tags: { role: "web" } },
    member("x"),
  ];
  expect(compareMembers(expected, seen)).toEqual([
    { name: "a", address: "10.0.0.1", fault: "failed" },
    { name: "b", address: "10.0.0.1", fault: "wrong address" },
    { name: "c", address: "10.0.0.1", fault: "leaving" },
    { name: "d", address: "10.0.0.1", fault: "missing" },
    { name: "e", address: "10.0.0.1", fault: "wrong tags" },
    { name: "x", address: "10.0.0.1", fault: "unexpected" },
  ]);
});

test("a cluster has formed when every view answers and sees what is expected", () => {
  const whole = { error: undefined, differences: [] };
  const missing = { name: "seed", address: "10.0.0.1", fault: "missing" } as const;
  expect(hasFormed([whole, whole])).toBe(true);
  expect(hasFormed([whole, { ...whole, differences: [missing] }])).toBe(false);
  expect(hasFormed([whole, { ...whole, error: "no answer" }])).toBe(false);
  const tags = { ...missing, fault: "wrong tags" } as const;
  expect(hasFormed([{ ...whole, differences: [tags] }])).toBe(false);
});
