import { describe, expect, test } from "vitest";
import type { StandIns } from "../../../../lib/cluster/image.ts";
import { namesOf } from "../../../../lib/cluster/names.ts";
import { containersOf, planAgents } from "../../../../lib/plan/agents.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { place } from "../../support/settings.ts";

const joiner = (name: string, index: number, group: string) => ({
  name: `serf-test-${name}`,
  id: name,
  address: `172.30.0.${index + 2}`,
  group,
});

function plan(config: Record<string, string> = {}, standIns: StandIns = {}) {
  const groups = JSON.stringify({ web: { count: 1, tags: { rack: "b" } } });
  const settings = parseSettings({ joiners: "1", groups, tags: '{"rack":"a"}', ...config }, place);
  const joiners = [joiner("joiner-1", 1, "joiner"), joiner("web-1", 2, "web")];
  return planAgents(settings, namesOf("serf", "test"), { joiners, hosts: [] }, standIns);
}

describe("the join addresses", () => {
  test.each([
    ["ip", "172.30.0.2", "127.0.0.1:7946"],
    ["dns", "172.30.0.2", "127.0.0.1:7946"],
    ["gateway", "172.30.0.1:7946", "172.30.0.1:7946"],
  ])("with %s", (join, ofSeed, ofHost) => {
    const { fleets, joinerFleets, isHostFirst } = plan({ join, hostAgentIn: "container" });
    expect(fleets.map((fleet) => [fleet.group, ...fleet.join])).toEqual([
      ["seed", ofSeed],
      ["host", ofHost],
    ]);
    // The stack knows the join address only after the seed is declared.
    expect(joinerFleets.map(({ group }) => group)).toEqual(["joiner", "web"]);
    for (const fleet of joinerFleets) expect(fleet).not.toHaveProperty("join");
    expect(isHostFirst).toBe(join === "gateway");
  });
});

test("every agent in a container has the handlers", () => {
  const { fleets, joinerFleets } = plan({ hostAgentIn: "container" });
  const all = [...fleets, ...joinerFleets];
  expect(all.map(({ group }) => group)).toEqual(["seed", "host", "joiner", "web"]);
  for (const { eventHandlers } of all) {
    expect(eventHandlers).toEqual(["query:load=/usr/local/bin/handle load 5"]);
  }
});

test("a group's tags override the common tags, and its name is its role", () => {
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

test("without the host's agent no member expects it", () => {
  const names = plan({ hostAgent: "false" }).expected.map(({ name }) => name);
  expect(names).not.toContain("serf-test-host");
});

describe("the containers", () => {
  test("are those of all agents that run in one", () => {
    const names = ["serf-test-seed", "serf-test-joiner-1", "serf-test-web-1"];
    expect([...containersOf(plan()).keys()]).toEqual(names);
    const withHost = containersOf(plan({ hostAgentIn: "container" }));
    expect([...withHost.keys()]).toEqual([...names, "serf-test-host"]);
    expect(withHost.get("serf-test-host")).toMatchObject({ network: "host", rpcPort: 7373 });
  });

  test("have their group's image, or else the stack's", () => {
    const web = '{"web":{"count":1,"serfVersion":"0.10.4"}}';
    const { seed, joiners } = plan({ groups: web });
    expect(seed.image).toMatch(/^serf-test:[0-9a-f]{12}$/);
    expect(joiners[0]!.container.image).toBe(seed.image);
    expect(joiners[1]!.container.image).not.toBe(seed.image);
  });

  test("have another image with other substitute base images, unless all base images are configured", () => {
    const standIns = { builderImage: "own/go:1", runtimeImage: "own/base:1" };
    expect(plan({}, standIns).seed.image).not.toBe(plan().seed.image);
    const named = { builderImage: "a/go:1", runtimeImage: "a/base:1" };
    expect(plan(named, standIns).seed.image).toBe(plan(named).seed.image);
  });
});
