import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../../../lib/host/run.ts";
import { containersOf } from "../../support/project.ts";
import { Cluster, measure, obstacleToFaults } from "./cluster.ts";
import { EngineProcess, obstacleToRestart } from "./engineProcess.ts";
import { faults } from "./faults.ts";

// The tests run in order: each starts with the cluster that the previous one left.

const obstacle = obstacleToFaults() ?? obstacleToRestart();

describe.skipIf(obstacle !== undefined)("the engine and its host", () => {
  const place = { subnet: "172.31.241.0/24", gossipPort: 18401, rpcPort: 18421 };
  const cluster = new Cluster("e2e-fault-engine", place, 4);
  let engine: EngineProcess;

  beforeAll(async () => {
    engine = new EngineProcess();
    await cluster.begin();
  });

  afterAll(async () => {
    await engine.start();
    await cluster.end();
  });

  test(faults.engineRestarted.what, async () => {
    // After a signal Docker would leave containers with another restart policy stopped.
    cluster.configure(4, { tags: { rack: "a7" } });
    await cluster.up();
    const before = await containersOf(cluster.stack);
    const agent = cluster.project.hostAgentPid(cluster.stack);
    await measure("engineRestarted", cluster, () => engine.restart());
    expect(await containersOf(cluster.stack)).toEqual(before);
    expect(cluster.project.hostAgentPid(cluster.stack)).toBe(agent);
    await cluster.expectNoChange();
  });

  test("the host is rebooted", async () => {
    const before = await containersOf(cluster.stack);
    const containers = cluster.parts.filter((part) => part !== "host");
    const pids = await Promise.all(containers.map((part) => cluster.pidOf(part)));
    const agent = cluster.project.hostAgentPid(cluster.stack)!;
    const bridge = await cluster.bridge();
    await engine.kill([...pids, agent]);
    // What the kernel holds in memory is lost as well.
    await run("ip", ["link", "delete", bridge]);
    await measure("hostRebooted", cluster, () => engine.start(), ["host"]);
    await measure("hostRebootedAgent", cluster, () => cluster.up());
    expect(await containersOf(cluster.stack)).toEqual(before);
    expect(await cluster.bridge()).toBe(bridge);
    await cluster.expectNoChange();
  });
});
