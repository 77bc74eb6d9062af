import { expect, test } from "vitest";
import {
  compareMembers,
  formatMembers,
  type Member,
  parseMembers,
} from "../../../../lib/cluster/members.ts";
import { formatTable } from "../../../../lib/host/table.ts";
import { adviceOnCrowd } from "../../../../lib/membership/largeCluster.ts";

const serfOutput = JSON.stringify({
  members: [
    {
      name: "joiner-10",
      addr: "172.30.0.12:7946",
      port: 7946,
      tags: { role: "joiner" },
      status: "alive",
      protocol: { min: 4, max: 5, version: 4 },
    },
    {
      name: "joiner-2",
      addr: "172.30.0.4:7946",
      port: 7946,
      tags: null,
      status: "failed",
      protocol: {},
    },
  ],
});

function member(name: string, status: Member["status"] = "alive", address = "10.0.0.1"): Member {
  return { name, address, status, tags: {} };
}

test("Serf's JSON becomes members in natural order, with addresses alone", () => {
  expect(parseMembers(serfOutput)).toEqual([
    { name: "joiner-2", address: "172.30.0.4", status: "failed", tags: {} },
    { name: "joiner-10", address: "172.30.0.12", status: "alive", tags: { role: "joiner" } },
  ]);
});

test("an empty list is null in Serf's JSON", () => {
  expect(parseMembers('{"members":null}')).toEqual([]);
});

test("anything else is refused", () => {
  expect(() => parseMembers('{"error":"x"}')).toThrow(SyntaxError);
  expect(() => parseMembers("Error connecting")).toThrow(SyntaxError);
});

test("a view is right when exactly the expected members are alive at their addresses", () => {
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

test("every fault of a view is named", () => {
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

test("tables are aligned and have no trailing spaces", () => {
  expect(
    formatTable([
      ["A", "LONG"],
      ["longer", "b"],
    ]),
  ).toBe("A       LONG\nlonger  b");
  expect(formatMembers([{ ...member("seed"), tags: { role: "seed", rack: "1" } }])).toBe(
    "NAME  ADDRESS   STATUS  TAGS\nseed  10.0.0.1  alive   role=seed,rack=1",
  );
});

test("who waits for many members is told what makes them more patient, until they are", () => {
  expect(adviceOnCrowd(99, "lan")).toBe("");
  expect(adviceOnCrowd(100, "lan")).toMatch(
    /^\n100 agents .*`pulumi config set profile wan` \(it is lan\)/,
  );
  expect(adviceOnCrowd(100, "wan")).toBe("");
});
