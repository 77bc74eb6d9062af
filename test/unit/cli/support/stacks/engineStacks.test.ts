import { describe, expect, test } from "vitest";
import {
  ageOf,
  type EngineContent,
  hasEnded,
  stacksIn,
} from "../../../../../cli/support/stacks/engineStacks.ts";

const labels = (stack: string, more: Record<string, string> = {}) => ({
  "serf.project": "serf",
  "serf.stack": stack,
  ...more,
});
const container = (id: string, found: Record<string, string>, changes: object = {}) => ({
  ...{ id, name: id, isRunning: true, labels: found, published: [], created: 5000 },
  ...changes,
});
const network = (id: string, found: Record<string, string>, created: number) => ({
  ...{ id, name: id, labels: found, subnets: [], created },
});
const nothing: EngineContent = { containers: [], networks: [], volumes: [], swarmLeases: [] };

describe("the stacks of an engine", () => {
  test("have members, of which some run, an owner and a ttl", () => {
    const stacks = stacksIn({
      ...nothing,
      containers: [
        container("s", labels("pr-2", { "serf.role": "seed" })),
        container("j", labels("pr-2", { "serf.role": "joiner" }), { isRunning: false }),
        container("h", labels("dev", { "serf.role": "host" })),
        // Neither a member of the stack nor a sign of it.
        container("w", labels("pr-2", { "serf.role": "writer" }), { created: 1 }),
        container("a user's, from the image", labels("pr-3"), { created: 1 }),
        container("another project's", {
          ...labels("x", { "serf.role": "seed" }),
          "serf.project": "y",
        }),
      ],
      networks: [network("n", labels("pr-2"), 3000), network("bridge", {}, 1)],
      volumes: [
        {
          name: "serf-pr-2-lease",
          labels: labels("pr-2", { "serf.owner": "anna", "serf.ttl": "8h" }),
        },
        { name: "serf-pr-2-data", labels: labels("pr-2", { "serf.owner": "nobody" }) },
      ],
    });
    expect(stacks).toEqual([
      {
        ...{ name: "dev", members: 1, running: 1, created: 5000 },
        ...{ owner: undefined, ttl: undefined, ids: new Set(["h"]) },
      },
      {
        ...{ name: "pr-2", members: 2, running: 1, created: 3000 },
        ...{ owner: "anna", ttl: "8h", ids: new Set(["s", "j", "n"]) },
      },
    ]);
  });

  test("have their owner and ttl in the Swarm if their members are services", () => {
    const swarmLeases = [labels("pr-4", { "serf.owner": "anna", "serf.ttl": "8h" })];
    expect(stacksIn({ ...nothing, swarmLeases })).toMatchObject([
      { name: "pr-4", members: 0, owner: "anna", ttl: "8h" },
    ]);
  });

  test("do not include one of which only the data is left", () => {
    const volumes = [{ name: "serf-prod-data", labels: labels("prod") }];
    expect(stacksIn({ ...nothing, volumes })).toEqual([]);
  });

  test("include one of which only the lease is left, of unknown age", () => {
    const volumes = [{ name: "serf-pr-2-lease", labels: labels("pr-2", { "serf.ttl": "1m" }) }];
    const [stack] = stacksIn({ ...nothing, volumes });
    expect(stack).toMatchObject({ name: "pr-2", members: 0, created: undefined, ttl: "1m" });
    expect(hasEnded(stack!, 1e15)).toBe(false);
  });
});

describe("a ttl", () => {
  const stack = (ttl: string | undefined) => ({
    ...{ name: "pr-2", members: 1, running: 1, created: 1_000_000 },
    ...{ owner: undefined, ttl, ids: new Set<string>() },
  });

  test("ends when the stack is that old, by the engine's clock", () => {
    const end = 1_000_000 + 90 * 60 * 1000;
    expect(hasEnded(stack("90m"), end - 1)).toBe(false);
    expect(hasEnded(stack("90m"), end)).toBe(true);
    expect(ageOf(stack("90m"), end)).toBe(5400);
  });

  test.each([undefined, "", "soon", "0m"])("%j never ends", (ttl) => {
    expect(hasEnded(stack(ttl), 1e15)).toBe(false);
  });

  test("does not end before the stack was created, when a clock was set back", () => {
    expect(ageOf(stack("1m"), 0)).toBe(0);
  });
});
