import { expect, test } from "vitest";
import type { Member } from "../../../../lib/cluster/members.ts";
import { compareMembers } from "../../../../lib/membership/judge.ts";

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
