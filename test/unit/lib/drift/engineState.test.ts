import { describe, expect, test } from "vitest";
import { EngineState, type Look } from "../../../../lib/drift/engineState.ts";
import { nothingObserved, type Observation } from "../../../../lib/drift/observation.ts";
import { recordedIn, type RecordedState } from "../../../../lib/drift/recorded.ts";
import { type Inventory } from "../../../../lib/engine/found.ts";
import type { SwarmFormationInput } from "../../../../lib/inputs/swarmFormation.ts";

const recorded: RecordedState = {
  ...recordedIn({}),
  containers: new Map([
    ["seed", "1"],
    ["joiner", "3"],
  ]),
  networks: new Map([["net", "1"]]),
  images: new Map([["serf:1", "9"]]),
  volumes: new Map([["data", "1"]]),
  neighbourTable: "2",
  hostProcess: "4",
  cluster: "6",
  endpoint: "127.0.0.1:32768",
};

const labelled = (generation: string) => ({ "serf.generation": generation, "serf.spec": "spec" });
const container = (name: string, generation: string, changes: object = {}) => ({
  ...{ id: name, name, isRunning: true, labels: labelled(generation), published: [] },
  ...changes,
});
const whole: Inventory = {
  containers: [container("seed", "1"), container("joiner", "3")],
  foreign: { containers: [], volumes: [], images: [] },
  networks: [{ id: "2", name: "net", labels: labelled("1"), subnets: ["10.9.0.0/24"] }],
  images: [{ id: "3", names: ["serf:1"], labels: labelled("9") }],
  volumes: [{ name: "data", labels: labelled("1") }],
};
const observation: Observation = {
  ...nothingObserved,
  host: { name: "host", generation: "4", faults: [] },
  table: "2",
};
const engineState = (inventory: Partial<Inventory> = {}, seen: Partial<Observation> = {}) =>
  new EngineState(recorded, {
    inventory: { ...whole, ...inventory },
    observation: { ...observation, ...seen },
  });

/** All generations, including those of things that are not recorded. */
const all = (of: EngineState) => ({
  seed: of.ofContainer("seed"),
  joiner: of.ofContainer("joiner"),
  net: of.ofNetwork("net"),
  image: of.ofImage("serf:1"),
  data: of.ofVolume("data"),
  table: of.ofNeighbourTable,
  host: of.ofHostProcess,
  others: [of.ofContainer("x"), of.ofNetwork("x"), of.ofImage("x"), of.ofVolume("x")],
});
const kept = {
  ...{ seed: "1", joiner: "3", net: "1", image: "9", data: "1", table: "2", host: "4" },
  others: ["1", "1", "1", "1"],
};
const edit = { what: "memory", made: "1", found: "2" };

describe("a generation", () => {
  test("is the recorded one for what exists, and the first for what is new", () => {
    expect(all(engineState())).toEqual(kept);
  });

  test("is the same for the same state and the same observation", () => {
    const gone = { containers: [], networks: [], volumes: [], images: [] };
    expect(all(engineState(gone))).toEqual(all(engineState(gone)));
  });

  test.each<[string, Partial<Inventory>, Partial<Observation>, object]>([
    ["a container is missing", { containers: [container("seed", "1")] }, {}, { joiner: "4" }],
    [
      "a container does not run",
      { containers: [container("seed", "1", { isRunning: false }), container("joiner", "3")] },
      {},
      { seed: "2" },
    ],
    ["a container was edited", {}, { drifted: new Map([["joiner", [edit]]]) }, { joiner: "4" }],
    [
      "a container has no generation",
      { containers: [container("seed", "1", { labels: {} }), container("joiner", "3")] },
      {},
      { seed: "2" },
    ],
    [
      "a container has an older generation",
      { containers: [container("seed", "1"), container("joiner", "2")] },
      {},
      { joiner: "4" },
    ],
    ["the network is missing", { networks: [] }, {}, { net: "2" }],
    ["the image is missing", { images: [] }, {}, { image: "10" }],
    ["the volume is missing", { volumes: [] }, {}, { data: "2" }],
    ["the neighbour table has become too small", {}, { table: undefined }, { table: "3" }],
    ["the host's agent is dead", {}, { host: undefined }, { host: "5" }],
    [
      "the host's agent has a fault",
      {},
      { host: { name: "host", generation: "4", faults: [edit] } },
      { host: "5" },
    ],
    [
      "the host's agent was started with another generation",
      {},
      { host: { name: "host", generation: "3", faults: [] } },
      { host: "5" },
    ],
  ])("is the next one only for the thing concerned when %s", (_, inventory, seen, changes) => {
    expect(all(engineState(inventory, seen))).toEqual({ ...kept, ...changes });
  });

  test("is the first for what is not recorded, whatever is found", () => {
    const found = { inventory: { ...whole, containers: [container("x", "7")] }, observation };
    expect(new EngineState(recordedIn({}), found).ofContainer("x")).toBe("1");
  });

  test("of a Swarm's cluster is the next one if its members do not see each other", () => {
    const formation: SwarmFormationInput = {
      ...{ services: [], network: "net", timeout: 60, profile: "lan" },
      labels: { "serf.project": "serf", "serf.stack": "test" },
      ...{ incarnations: [], generation: "2" },
    };
    const of = (look: Partial<Look>) =>
      new EngineState({ ...recorded, formation }, { inventory: whole, ...look }).ofFormation;
    expect([of({ hasFormed: true }), of({ hasFormed: false }), of({})]).toEqual(["2", "3", "2"]);
    expect(engineState().ofFormation).toBe("1");
  });

  test("is the same next one when the deployment in between did not get that far", () => {
    const later: RecordedState = { ...recorded, containers: new Map([["joiner", "4"]]) };
    const look = { inventory: { ...whole, containers: [container("joiner", "3")] } };
    expect(new EngineState(later, look).ofContainer("joiner")).toBe("5");
  });

  test("is the recorded one without an observation", () => {
    const offline = new EngineState(recorded);
    expect(offline.isOffline).toBe(true);
    expect(all(offline)).toEqual(kept);
    const { generation, files, keys } = offline.ofCluster([]);
    expect([generation, files, keys]).toEqual(["6", undefined, []]);
    expect(engineState().isOffline).toBe(false);
  });
});

test("only a running container counts as running; without an observation, a recorded one", () => {
  const stopped = { containers: [container("seed", "1", { isRunning: false })] };
  expect([engineState().runs("seed"), engineState().runs("x")]).toEqual([true, false]);
  expect(engineState(stopped).runs("seed")).toBe(false);
  const offline = new EngineState(recorded);
  expect([offline.runs("seed"), offline.runs("x")]).toEqual([true, false]);
});

describe("a running member is replaced", () => {
  const isReplaced = (
    spec: string,
    inventory: Partial<Inventory> = {},
    seen: Partial<Observation> = {},
  ) => engineState(inventory, seen).isReplaced("seed", spec);

  test("if its description changed, or it has drifted", () => {
    expect(isReplaced("spec")).toBe(false);
    expect(isReplaced("other")).toBe(true);
    expect(isReplaced("spec", {}, { drifted: new Map([["seed", [edit]]]) })).toBe(true);
  });

  test("and no other member", () => {
    const stopped = { containers: [container("seed", "1", { isRunning: false })] };
    expect(isReplaced("other", stopped)).toBe(false);
    expect(isReplaced("other", { containers: [] })).toBe(false);
  });
});
