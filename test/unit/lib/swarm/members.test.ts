import { describe, expect, test } from "vitest";
import type { SwarmState, SwarmTask } from "../../../../lib/swarm/api.ts";
import type { DeclaredService } from "../../../../lib/inputs/swarmFormation.ts";
import { compareSwarm } from "../../../../lib/swarm/members.ts";

const network = "serf-demo";
const web: DeclaredService = {
  name: "serf-demo-web",
  group: "web",
  replicas: 2,
  tags: { role: "web", rack: "a7" },
  spec: "new",
};
const host: DeclaredService = {
  name: "serf-demo-host",
  group: "host",
  replicas: undefined,
  tags: { role: "host" },
  spec: "new",
};

const nodes = ["n1", "n2"].map((ID) => ({
  ID,
  Spec: { Availability: "active" },
  Description: { Hostname: `machine-${ID}` },
  Status: { State: "ready" },
}));

function task(ID: string, more: Partial<SwarmTask> = {}): SwarmTask {
  return {
    ...{ ID, ServiceID: "s-web", NodeID: "n1", Slot: 1, DesiredState: "running" },
    Status: { State: "running" },
    NetworksAttachments: [
      { Network: { Spec: { Name: "ingress" } }, Addresses: ["10.0.0.9/24"] },
      { Network: { Spec: { Name: network } }, Addresses: ["10.5.0.7/24"] },
    ],
    ...more,
  };
}

function swarm(tasks: readonly SwarmTask[], update?: object, spec = "new"): SwarmState {
  const services = [web, host].map(({ name, replicas }) => ({
    ID: name.replace("serf-demo", "s"),
    Version: { Index: 1 },
    Spec: {
      ...{ Name: name, Labels: { "serf.spec": spec } },
      Mode: replicas === undefined ? {} : { Replicated: { Replicas: replicas } },
    },
    ...(update && name === web.name && { UpdateStatus: update }),
  }));
  return { services, tasks, nodes };
}

const both = [task("t1"), task("t2", { Slot: 2, NodeID: "n2" })];

describe("the members that a Swarm's tasks should be", () => {
  test("have the name of their container, their address on the cluster's network and the tags of their place", () => {
    expect(compareSwarm([web], swarm(both), network)).toEqual({
      expected: [
        {
          name: "serf-demo-web.1.t1",
          address: "10.5.0.7",
          tags: { role: "web", rack: "a7", slot: "1", host: "machine-n1", task: "t1" },
        },
        {
          name: "serf-demo-web.2.t2",
          address: "10.5.0.7",
          tags: { role: "web", rack: "a7", slot: "2", host: "machine-n2", task: "t2" },
        },
      ],
      pending: [],
      refused: [],
    });
  });

  test("are named after their node in a service that runs on every node, and have no slot", () => {
    const onNode: { Slot?: number } & SwarmTask = task("t3", { ServiceID: "s-host", NodeID: "n2" });
    delete onNode.Slot;
    expect(compareSwarm([host], swarm([onNode]), network).expected).toEqual([
      {
        name: "serf-demo-host.n2.t3",
        address: "10.5.0.7",
        tags: { role: "host", host: "machine-n2", task: "t3" },
      },
    ]);
  });

  test("do not include tasks that are on their way, or on their way out", () => {
    const starting = task("t3", { Status: { State: "starting" } });
    const replaced = task("t4", { DesiredState: "shutdown" });
    const { expected } = compareSwarm([web], swarm([...both, starting, replaced]), network);
    expect(expected.map(({ name }) => name)).toEqual(["serf-demo-web.1.t1", "serf-demo-web.2.t2"]);
  });
});

describe("a service that is not there yet", () => {
  const pending = (tasks: readonly SwarmTask[], update?: object) =>
    compareSwarm([web], swarm(tasks, update), network).pending;

  test("because a task is missing, with the newest reason of Swarm", () => {
    const failed = (ID: string, Err: string, Timestamp: string) =>
      task(ID, { DesiredState: "shutdown", Status: { State: "rejected", Err, Timestamp } });
    const tasks = [
      task("t1"),
      failed("t8", "no such image", "2026-01-01T00:00:02Z"),
      failed("t9", "no suitable node", "2026-01-01T00:00:01Z"),
    ];
    expect(pending(tasks)).toEqual([
      { service: web.name, fault: "1 of 2 tasks run: no such image", task: "t8" },
    ]);
  });

  test("because a scaled-down task still runs", () => {
    expect(pending([...both, task("t3", { Slot: 3 })])).toEqual([
      { service: web.name, fault: "3 of 2 tasks run" },
    ]);
  });

  test("because Swarm is still updating it", () => {
    expect(pending(both, { State: "updating" })).toEqual([
      { service: web.name, fault: "the update is updating" },
    ]);
    expect(pending(both, { State: "completed" })).toEqual([]);
  });

  test("because it does not exist", () => {
    const none = { ...swarm(both), services: [] };
    expect(compareSwarm([web], none, network).pending).toEqual([
      { service: web.name, fault: "Swarm has no such service" },
    ]);
  });

  test("because a node that takes tasks has none; drained and lost nodes take none", () => {
    const onNode = task("t3", { ServiceID: "s-host" });
    const pendingOn = (more: object) => {
      const [first, second] = nodes;
      const state = { ...swarm([onNode]), nodes: [first!, { ...second!, ...more }] };
      return compareSwarm([host], state, network).pending.length;
    };
    expect(pendingOn({})).toBe(1);
    expect(pendingOn({ Spec: { Availability: "drain" } })).toBe(0);
    expect(pendingOn({ Status: { State: "down" } })).toBe(0);
  });
});

test.each(["rollback_started", "rollback_completed", "rollback_paused", "paused"])(
  "an update that ends with %s is refused, and not waited for",
  (State) => {
    const broken = task("t9", {
      DesiredState: "shutdown",
      Status: { State: "failed", Err: "task: non-zero exit (1)" },
    });
    const update = { State, Message: "update rolled back due to failure" };
    const after = swarm([...both, broken], update, "old");
    const { pending, refused } = compareSwarm([web], after, network);
    // While Swarm is still at it, its other services are waited for as well.
    expect(pending).toHaveLength(State === "rollback_started" ? 1 : 0);
    expect(refused).toEqual([
      {
        service: web.name,
        fault: "update rolled back due to failure: task: non-zero exit (1)",
        task: "t9",
      },
    ]);
  },
);

test("an earlier update that was refused does not count once that service is what is declared", () => {
  const update = { State: "rollback_completed", Message: "update rolled back due to failure" };
  expect(compareSwarm([web], swarm(both, update), network)).toMatchObject({
    ...{ pending: [], refused: [] },
  });
  const started = { State: "rollback_started", Message: "update rolled back due to failure" };
  expect(compareSwarm([web], swarm(both, started), network)).toMatchObject({
    ...{ pending: [{ fault: "the update is rollback_started" }], refused: [] },
  });
});
