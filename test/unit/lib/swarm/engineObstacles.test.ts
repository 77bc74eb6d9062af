import { expect, test } from "vitest";
import { missingEngines, swarmFaults } from "../../../../lib/swarm/engineObstacles.ts";

const engines = ["a", "b"].map((name) => ({ name, host: `tcp://${name}:2375`, labels: {} }));
const manager = { LocalNodeState: "active", ControlAvailable: true, NodeID: "1" };
const worker = { LocalNodeState: "active", ControlAvailable: false, NodeID: "2" };
const alone = { LocalNodeState: "inactive", ControlAvailable: false, NodeID: "" };

test("all engines are nodes of the first one's Swarm", () => {
  expect(swarmFaults({ engines }, [manager, worker], ["1", "2"])).toEqual([]);
});

test("the first one is no manager", () => {
  expect(swarmFaults({ engines }, [worker, manager], [])).toEqual([
    "the engine a, the first of engines, is no manager of a Swarm; run `docker swarm init` there, and the command " +
      "that it prints on each other host, or name a manager first",
  ]);
});

test.each([alone, { ...worker, NodeID: "of another Swarm" }])("another is not in it", (place) => {
  expect(swarmFaults({ engines }, [manager, place], ["1", "2"])).toEqual([
    "the engine b is not in the Swarm of a; run on its host the command that `docker swarm join-token worker` prints " +
      "on that of a",
  ]);
});

test("an engine with members cannot be taken out", () => {
  const on = (engine: string) => ({ engines: new Map([["serf-test-seed", engine]]) });
  expect(missingEngines({ engines }, on("a"))).toEqual([]);
  expect(missingEngines({ engines }, on("c"))).toEqual([
    "engines has no c any more, but members of this stack run there; add it again, or destroy the stack first",
  ]);
});
