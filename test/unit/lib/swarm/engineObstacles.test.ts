import { expect, test } from "vitest";
import { swarmFaults } from "../../../../lib/swarm/engineObstacles.ts";

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
