import { expect, test } from "vitest";
import { declareJoiners } from "../../../../lib/plan/joiners.ts";
import { planSubnet } from "../../../../lib/cluster/subnet.ts";

const group = (name: string, count: number) => ({ name, count, tags: {}, image: {}, on: {} });
const groups = [group("joiner", 2), group("web", 1)];
const declare = (recorded: Readonly<Record<string, string>> = {}) =>
  declareJoiners(
    groups,
    "serf-test",
    planSubnet("10.9.0.0/24")!,
    new Map(Object.entries(recorded)),
  );

test("joiners have names and addresses group by group", () => {
  expect(declare()).toEqual([
    { name: "serf-test-joiner-1", id: "joiner-1", address: "10.9.0.3", group: "joiner" },
    { name: "serf-test-joiner-2", id: "joiner-2", address: "10.9.0.4", group: "joiner" },
    { name: "serf-test-web-1", id: "web-1", address: "10.9.0.5", group: "web" },
  ]);
});

test("joiners keep recorded addresses, and never get the seed's", () => {
  const recorded = { "serf-test-web-1": "10.9.0.3", "serf-test-seed": "10.9.0.2" };
  expect(declare(recorded).map(({ id, address }) => [id, address])).toEqual([
    ["joiner-1", "10.9.0.4"],
    ["joiner-2", "10.9.0.5"],
    ["web-1", "10.9.0.3"],
  ]);
});
