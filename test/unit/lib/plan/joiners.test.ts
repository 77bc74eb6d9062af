import { describe, expect, test } from "vitest";
import { declareMembers } from "../../../../lib/plan/joiners.ts";
import { planSubnet } from "../../../../lib/cluster/subnet.ts";

const group = (name: string, count: number) => ({ name, count, tags: {}, image: {}, on: {} });
const groups = [group("joiner", 2), group("web", 1)];
const declare = (recorded: Readonly<Record<string, string>> = {}) =>
  declareMembers(
    { groups, subnet: planSubnet("10.9.0.0/24")!, engines: [], hostAgent: true },
    "serf-test",
    { addresses: new Map(Object.entries(recorded)), engines: new Map() },
  ).joiners;

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

describe("on several engines", () => {
  const engines = ["a", "b"].map((name) => ({ name, host: `tcp://${name}:2375`, labels: {} }));
  const members = (hostAgent = true) =>
    declareMembers(
      { groups, subnet: planSubnet("10.9.0.0/24")!, engines, hostAgent },
      "serf-test",
      { addresses: new Map(), engines: new Map([["serf-test-joiner-1", "b"]]) },
    );

  test("each host has an agent, and each joiner an engine", () => {
    const { hosts, joiners } = members();
    expect(hosts.map(({ name, address, engine }) => [name, address, engine])).toEqual([
      ["serf-test-host-a", "10.9.0.3", "a"],
      ["serf-test-host-b", "10.9.0.4", "b"],
    ]);
    expect(joiners.map(({ id, address, engine }) => [id, address, engine])).toEqual([
      ["joiner-1", "10.9.0.5", "b"],
      ["joiner-2", "10.9.0.6", "a"],
      ["web-1", "10.9.0.7", "a"],
    ]);
  });

  test("hosts may do without", () => {
    expect(members(false).hosts).toEqual([]);
  });
});
