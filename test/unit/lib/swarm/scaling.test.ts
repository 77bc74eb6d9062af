import { describe, expect, test } from "vitest";
import type { SwarmService, SwarmTask } from "../../../../lib/swarm/api.ts";
import { nextSteps, runningTasks } from "../../../../lib/swarm/scaling.ts";

const service = (name: string, replicas?: number): SwarmService => ({
  ...{ ID: name, Version: { Index: 1 } },
  Spec: {
    ...{ Name: name, Labels: {} },
    Mode: replicas === undefined ? {} : { Replicated: { Replicas: replicas } },
  },
});

/** The replicas of the services that the next step lowers. */
const lowered = (services: SwarmService[], wanted: Record<string, number>) =>
  Object.fromEntries(
    nextSteps(services, wanted).map((step) => [step.service.Spec.Name, step.replicas]),
  );

describe("lowering services in steps", () => {
  const others = [service("seed", 1), service("host")];

  test("takes 20 members at once, of one service after the other", () => {
    const wanted = { seed: 1, web: 5, db: 10 };
    const at = (web: number, db: number) =>
      lowered([...others, service("web", web), service("db", db)], wanted);
    expect(at(15, 100)).toEqual({ web: 5, db: 90 });
    expect(at(5, 90)).toEqual({ db: 70 });
    expect(at(5, 31)).toEqual({ db: 11 });
  });

  test("leaves the last 20 to the services' own update", () => {
    expect(lowered([...others, service("web", 30)], { seed: 1, web: 10 })).toEqual({});
    expect(lowered([...others, service("web", 31)], { seed: 1, web: 10 })).toEqual({ web: 11 });
  });

  test("does nothing about a service that grows", () => {
    expect(lowered([service("web", 10)], { web: 100 })).toEqual({});
  });

  test("lowers one that will be removed as well", () => {
    expect(lowered([...others, service("old", 40)], { seed: 1 })).toEqual({ old: 20 });
  });
});

test("a step is done when its tasks have ended on all nodes that answer", () => {
  const task = (ID: string, NodeID: string, State: string): SwarmTask => ({
    ...{ ID, ServiceID: "web", NodeID, DesiredState: "remove", Status: { State } },
  });
  const node = (ID: string, State: string) => ({
    ...{ ID, Spec: { Availability: "active" }, Description: { Hostname: ID }, Status: { State } },
  });
  const tasks = [
    ...[task("a", "n1", "running"), task("b", "n1", "shutdown"), task("c", "lost", "running")],
    { ...task("d", "n1", "running"), ServiceID: "db" },
  ];
  const nodes = [node("n1", "ready"), node("lost", "down")];
  expect(runningTasks({ services: [], tasks, nodes }, "web")).toBe(1);
});
