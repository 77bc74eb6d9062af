import { expect, test } from "vitest";
import { formatMembers, type Member, parseMembers } from "../../../../lib/cluster/members.ts";
import { formatTable } from "../../../../lib/host/table.ts";

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

test("parses Serf's JSON into members in natural order, with addresses without ports", () => {
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
