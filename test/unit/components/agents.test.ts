import { describe, expect, test } from "vitest";
import { planAgents } from "../../../components/agents.ts";
import { namesOf } from "../../../components/names.ts";
import { parseSettings } from "../../../components/settings.ts";

const handlerFiles = [{ name: "load", isExecutable: true }];

const joiner = (name: string, index: number, group: string) => ({
  name: `serf-test-${name}`,
  address: `172.30.0.${index + 2}`,
  group,
  generation: "first",
});

function plan(config: Record<string, string> = {}) {
  const groups = JSON.stringify({ web: { count: 1, tags: { rack: "b" } } });
  const settings = parseSettings(
    { joiners: "1", groups, tags: '{"rack":"a"}', ...config },
    { stack: "test", platform: "linux", handlerFiles },
  );
  const joiners = [joiner("joiner-1", 1, "joiner"), joiner("web-1", 2, "web")];
  return planAgents(settings, namesOf("serf", "test"), joiners);
}

describe("whom the members join", () => {
  test.each([
    ["ip", "172.30.0.2", "172.30.0.2"],
    ["dns", "172.30.0.2", "serf-test-seed"],
    ["gateway", "172.30.0.1:7946", "172.30.0.1:7946"],
  ])("with %s", (join, ofSeed, ofJoiners) => {
    const { fleets, isHostFirst } = plan({ join });
    expect(fleets.map((fleet) => [fleet.group, ...fleet.join])).toEqual([
      ["seed", ofSeed],
      ["joiner", ofJoiners],
      ["web", ofJoiners],
    ]);
    expect(isHostFirst).toBe(join === "gateway");
  });
});

test("every agent in a container has the handlers", () => {
  const { fleets } = plan({ hostAgentIn: "container" });
  expect(fleets.map(({ group }) => group)).toEqual(["seed", "joiner", "web", "host"]);
  for (const { eventHandlers } of fleets) {
    expect(eventHandlers).toEqual(["query:load=/usr/local/bin/handle load 5"]);
  }
});

test("a group's tags stand above those of every member, and its name is its role", () => {
  expect(plan().expected).toEqual([
    { name: "serf-test-seed", address: "172.30.0.2", tags: { rack: "a", role: "seed" } },
    { name: "serf-test-joiner-1", address: "172.30.0.3", tags: { rack: "a", role: "joiner" } },
    { name: "serf-test-web-1", address: "172.30.0.4", tags: { rack: "b", role: "web" } },
    {
      name: "serf-test-host",
      address: "172.30.0.1",
      port: 7946,
      tags: { rack: "a", role: "host" },
    },
  ]);
});

test("without the host's agent nobody expects it", () => {
  const names = plan({ hostAgent: "false" }).expected.map(({ name }) => name);
  expect(names).not.toContain("serf-test-host");
});
