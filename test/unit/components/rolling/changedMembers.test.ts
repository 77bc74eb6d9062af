import { emptyInventory } from "../../support/inventory.ts";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { changedMembers } from "../../../../components/rolling/changedMembers.ts";
import { type AgentStartup, runningHostAgent } from "../../../../lib/agents/process.ts";
import { namesOf } from "../../../../lib/cluster/names.ts";
import { EngineState } from "../../../../lib/drift/engineState.ts";
import { recordedIn } from "../../../../lib/drift/recorded.ts";
import { planAgents, specOf } from "../../../../lib/plan/agents.ts";
import type { DeclaredMembers } from "../../../../lib/plan/joiners.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { place } from "../../support/settings.ts";

vi.mock("../../../../lib/agents/process.ts", async (original) => ({
  ...(await original<object>()),
  runningHostAgent: vi.fn(),
}));

/** The host's agent as a process, by the generation that it was started with. */
const runs = (isAsStarted: (startup: AgentStartup) => boolean) =>
  vi.mocked(runningHostAgent).mockReturnValue({ isAsStarted });

beforeEach(() => {
  runs(() => true);
});

const names = namesOf("serf", "test");
const all = ["joiner-1", "joiner-2", "seed"].map((name) => `serf-test-${name}`);

/**
 * The changed members of a running cluster.
 *
 * @param found its containers; undefined for one that does not exist.
 * @param hosts the members that are agents of engines' hosts. Default: the stack has one engine.
 */
function changed(
  config: Readonly<Record<string, string>> = {},
  found: Readonly<Record<string, { spec?: string; isRunning?: boolean } | undefined>> = {},
  hosts: DeclaredMembers["hosts"] = [],
) {
  const settings = parseSettings({ joiners: "2", maxUnavailable: "1", ...config }, place);
  const joiners = [1, 2].map((index) => ({
    ...{ name: `serf-test-joiner-${index}`, id: `joiner-${index}`, group: "joiner" },
    address: `172.30.0.${index + 2}`,
  }));
  const agents = planAgents(settings, names, { joiners, hosts }, {});
  const specs = new Map(
    [agents.seed, ...[...agents.joiners, ...agents.hosts].map(({ container }) => container)].map(
      (container) => [container.name, specOf(container)],
    ),
  );
  if (agents.hostContainer) specs.set(names.host, specOf(agents.hostContainer));
  const containers = [...specs].flatMap(([name, wanted]) => {
    const { spec = wanted, isRunning = true } = found[name] ?? {};
    if (name in found && found[name] === undefined) return [];
    const labels = { "serf.spec": spec, "serf.generation": "1" };
    return [{ id: name, name, isRunning, labels, published: [] }];
  });
  const recorded = {
    ...recordedIn({}),
    containers: new Map([...specs.keys()].map((name) => [name, "1"])),
    hostProcess: "1",
  };
  const inventory = { ...emptyInventory, containers };
  return changedMembers(agents, settings, names, new EngineState(recorded, { inventory }));
}

const other = { spec: "former" };

test("no member is changed when the cluster is as declared", () => {
  expect(changed()).toEqual({ fresh: [], replaced: [[], []] });
});

test("members with another description are replaced, the joiners first and the seed last", () => {
  const found = Object.fromEntries(all.map((name) => [name, other]));
  expect(changed({}, found).replaced).toEqual([all, []]);
});

test("on several engines all joiners are replaced before the agents of the hosts", () => {
  const host = { name: "serf-test-host-a", id: "host-a", group: "host", engine: "a" };
  const found = Object.fromEntries([...all, host.name].map((name) => [name, other]));
  const engines = JSON.stringify([{ name: "a", host: "tcp://a.example:2375" }]);
  const config = { engines, registry: "registry.example:5000/serf" };
  expect(changed(config, found, [{ ...host, address: "172.30.0.9" }]).replaced).toEqual([
    ["serf-test-joiner-1", "serf-test-joiner-2"],
    [host.name, "serf-test-seed"],
  ]);
});

test("a missing or stopped member is new, and does not wait", () => {
  const found = {
    "serf-test-joiner-1": undefined,
    "serf-test-joiner-2": { isRunning: false, ...other },
    "serf-test-seed": other,
  };
  expect(changed({}, found)).toEqual({
    fresh: ["serf-test-joiner-1", "serf-test-joiner-2"],
    replaced: [["serf-test-seed"], []],
  });
});

describe("the host's agent that is a process", () => {
  test("is compared with its recorded start", () => {
    const startups: AgentStartup[] = [];
    runs((startup) => startups.push(startup) > 0);
    changed({ profile: "wan" });
    expect(startups).toEqual([
      {
        args: ["-node=serf-test-host", "-bind=172.30.0.1:7946", "-profile=wan"],
        // It is not observed here.
        generation: "2",
        image: expect.stringMatching(/^serf-test:/) as string,
      },
    ]);
  });

  test("is replaced last when that differs", () => {
    runs(() => false);
    expect(changed({}, { "serf-test-seed": other }).replaced).toEqual([
      ["serf-test-seed"],
      ["serf-test-host"],
    ]);
  });

  test("is new when it is dead", () => {
    vi.mocked(runningHostAgent).mockReturnValue(undefined);
    expect(changed()).toEqual({ fresh: ["serf-test-host"], replaced: [[]] });
  });

  test("comes after a seed that gets another port", () => {
    vi.mocked(runningHostAgent).mockReturnValue(undefined);
    expect(changed({ gossipPort: "7979" }, { "serf-test-seed": other })).toEqual({
      fresh: [],
      replaced: [["serf-test-seed"], ["serf-test-host"]],
    });
  });

  test("is ignored when the host does not join", () => {
    vi.mocked(runningHostAgent).mockReturnValue(undefined);
    expect(changed({ hostAgent: "false" })).toEqual({ fresh: [], replaced: [[]] });
  });
});

describe("the host's agent in a container", () => {
  const config = { hostAgentIn: "container" };

  test("is replaced last when its description changed", () => {
    expect(changed(config, { "serf-test-host": other, "serf-test-seed": other }).replaced).toEqual([
      ["serf-test-seed"],
      ["serf-test-host"],
    ]);
  });

  test.each(["7946", "7979"])("is new when it is missing, with gossip port %s", (gossipPort) => {
    const found = { "serf-test-host": undefined, "serf-test-seed": other };
    expect(changed({ ...config, gossipPort }, found)).toEqual({
      fresh: ["serf-test-host"],
      replaced: [["serf-test-seed"]],
    });
  });
});
