import { describe, expect, test } from "vitest";
import {
  declareJoiners,
  describePlan,
  joinerSpecs,
  planJoiners,
  withGenerations,
} from "../../../components/joinerPlan.ts";
import { type FoundContainer, Standing } from "../../../components/standing.ts";
import type { Profile } from "../../../components/agentConfig.ts";
import { planSubnet } from "../../../components/subnet.ts";

const template = {
  images: { joiner: "serf-test:1", web: "serf-test:2" },
  volumes: { config: "serf-test-config", data: "serf-test-data" },
  limits: { memory: 64, cpus: 1 },
  profile: "lan" as Profile,
  network: { name: "serf-test", generation: "first" },
  labels: { "serf.project": "serf", "serf.stack": "test" },
};
const declared = (index: number) => ({
  name: `serf-test-joiner-${index}`,
  address: `10.9.0.${index + 2}`,
  group: "joiner",
  generation: "first",
});
const spec = (index: number, changes: Partial<typeof template> = {}) =>
  joinerSpecs({ ...template, ...changes, joiners: [declared(index)] })[0]!;

function found(index: number, changes: Partial<FoundContainer> = {}): FoundContainer {
  const labels = { "serf.spec": spec(index).spec, "serf.generation": "first" };
  const { name } = declared(index);
  return { id: `id-${index}`, name, isRunning: true, labels, published: [], ...changes };
}

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);

test("joinerSpecs hold the image of the joiner's group", () => {
  const joiners = [declared(1), { ...declared(2), group: "web" }];
  expect(joinerSpecs({ ...template, joiners }).map(({ image }) => image)).toEqual([
    "serf-test:1",
    "serf-test:2",
  ]);
});

test.each<[string, Partial<typeof template>]>([
  ["image", { images: { ...template.images, joiner: "serf-test:3" } }],
  ["network", { network: { name: "other", generation: "first" } }],
  ["limit", { limits: { memory: 65, cpus: 1 } }],
  ["profile", { profile: "wan" }],
  ["volume", { volumes: { config: "serf-test-config", data: "other" } }],
])("another %s of its own gives another spec", (_, changes) => {
  expect(spec(1, changes).spec).not.toBe(spec(1).spec);
});

test("withGenerations asks for another one of whatever was not made from what it should be", () => {
  const labels = { ...found(2).labels, "serf.spec": "what a change has left" };
  const wanted = [spec(1), spec(2), spec(3)];
  expect(withGenerations(wanted, [found(1), found(2, { labels })], "fresh")).toEqual([
    declared(1),
    { ...declared(2), generation: "fresh" },
    { ...declared(3), generation: "fresh" },
  ]);
});

describe("planJoiners", () => {
  test("leaves alone what is as declared", () => {
    const plan = planJoiners([spec(1), spec(2)], [found(2), found(1)]);
    expect(plan).toEqual({ remove: [], create: [] });
  });

  test("makes what is missing and removes what is too many", () => {
    const plan = planJoiners([spec(1), spec(3)], [found(1), found(2)]);
    expect(names(plan.create)).toEqual(["serf-test-joiner-3"]);
    expect(names(plan.remove)).toEqual(["serf-test-joiner-2"]);
  });

  test.each<[string, Partial<FoundContainer>]>([
    ["does not run", { isRunning: false }],
    ["was made from something else", { labels: { "serf.generation": "first", "serf.spec": "x" } }],
    ["is of another generation", { labels: { ...found(1).labels, "serf.generation": "older" } }],
    ["has no labels of ours", { labels: {} }],
  ])("replaces one that %s", (_, changes) => {
    const plan = planJoiners([spec(1), spec(2)], [found(1, changes), found(2)]);
    expect(names(plan.remove)).toEqual(["serf-test-joiner-1"]);
    expect(names(plan.create)).toEqual(["serf-test-joiner-1"]);
  });

  test("removes all when none is wanted", () => {
    expect(names(planJoiners([], [found(1), found(2)]).remove)).toHaveLength(2);
  });
});

describe("describePlan", () => {
  test("says nothing when nothing is to be done", () => {
    expect(describePlan(planJoiners([spec(1)], [found(1)]))).toBeUndefined();
  });

  test("names who is made, made anew and removed", () => {
    const plan = planJoiners([spec(1), spec(2)], [found(1, { isRunning: false }), found(3)]);
    expect(describePlan(plan)).toBe(
      "1 to make: serf-test-joiner-2; 1 to make anew: serf-test-joiner-1; " +
        "1 to remove: serf-test-joiner-3",
    );
  });

  test("names the first of many, in the order of their indices", () => {
    const wanted = Array.from({ length: 12 }, (_, position) => spec(12 - position));
    expect(describePlan(planJoiners(wanted, []))).toMatch(
      /^12 to make: serf-test-joiner-1, serf-test-joiner-2, .*-8, and 4 more$/,
    );
  });
});

test("declareJoiners gives names and addresses group by group, and each its own generation", () => {
  const inventory = {
    containers: [found(2)],
    foreign: { containers: [], volumes: [], images: [] },
    networks: [],
    images: [],
    volumes: [],
  };
  const standing = new Standing(inventory, "new");
  const group = (name: string, count: number) => ({ name, count, tags: {}, image: {} });
  const groups = [group("joiner", 2), group("web", 1)];
  expect(declareJoiners(groups, "serf-test", planSubnet("10.9.0.0/24")!, standing)).toEqual([
    { ...declared(1), generation: "new" },
    { ...declared(2), generation: "first" },
    { name: "serf-test-web-1", address: "10.9.0.5", group: "web", generation: "new" },
  ]);
});
