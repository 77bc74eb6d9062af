import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, pause } from "../../../../lib/host/run.ts";
import { containersOf } from "../../support/project.ts";
import { Cluster, measure, obstacleToFaults } from "./cluster.ts";
import { faults } from "./faults.ts";

// The tests run in order: each starts with the cluster that the previous one left.

describe.skipIf(obstacleToFaults() !== undefined)("members", () => {
  const place = { subnet: "172.31.240.0/24", gossipPort: 18400, rpcPort: 18420 };
  const cluster = new Cluster("e2e-fault-members", place, 4);

  beforeAll(async () => {
    await cluster.begin();
  });

  afterAll(async () => {
    await cluster.end();
  });

  // Not with `docker kill`: the engine would treat that as intended, and not restart the container.
  for (const [fault, part] of [
    ["joinerKilled", "joiner-2"],
    ["seedKilled", "seed"],
  ] as const) {
    test(faults[fault].what, async () => {
      const before = await containersOf(cluster.stack);
      const pid = await cluster.pidOf(part);
      await measure(fault, cluster, () => process.kill(pid, "SIGKILL"));
      expect(await cluster.pidOf(part)).not.toBe(pid);
      expect(await containersOf(cluster.stack)).toEqual(before);
      await cluster.expectNoChange();
    });
  }

  test(faults.agentPaused.what, async () => {
    const pid = await agentPid("joiner-3");
    process.kill(pid, "SIGSTOP");
    try {
      await pause(30_000);
      await cluster.expectFailed("seed", ["joiner-3"], 0);
      await cluster.expectFailed("host", ["joiner-3"], 0);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await measure("agentPaused", cluster, () => undefined);
    expect(await agentPid("joiner-3")).toBe(pid);
  });

  test(faults.hostAgentKilled.what, async () => {
    const pid = cluster.project.hostAgentPid(cluster.stack)!;
    process.kill(pid, "SIGKILL");
    await cluster.expectFailed("seed", ["host"]);
    await cluster.expectFailed("joiner-4", ["host"]);
    const before = await containersOf(cluster.stack);
    await measure("hostAgentKilled", cluster, () => cluster.up());
    expect(await containersOf(cluster.stack)).toEqual(before);
    await cluster.expectNoChange();
  });

  test(faults.seedGone.what, async () => {
    const { [cluster.named("seed")]: seed, ...others } = await containersOf(cluster.stack);
    await docker(["rm", "--force", seed!]);
    // The others stay connected.
    await cluster.expectFailed("host", ["seed"]);
    await cluster.expectFailed("joiner-1", ["seed"]);
    await measure("seedGone", cluster, () => cluster.up());
    expect(await containersOf(cluster.stack)).toMatchObject(others);
    await cluster.expectNoChange();
  });

  test(faults.nameTaken.what, async () => {
    const name = cluster.named("joiner-5");
    const before = await containersOf(cluster.stack);
    const image = await docker(["inspect", "--format", "{{.Image}}", cluster.named("seed")]);
    // A container has its image's labels unless it sets its own.
    const labels = ["--label", "serf.stack=another"];
    await docker(["create", "--name", name, ...labels, "--network", "none", image.trim()]);
    try {
      cluster.configure(5);
      const { code, output } = await cluster.project.run("start", "--stack", cluster.stack);
      expect(code).not.toBe(0);
      expect(output).toContain(
        `the engine has a container named ${name} that does not belong to this stack, which needs the name; rename`,
      );
      expect(await containersOf(cluster.stack)).toEqual(before);
      await docker(["rename", name, `${cluster.stack}-stranger`]);
      await measure("nameTaken", cluster, () => cluster.up());
      expect(await containersOf(cluster.stack)).toMatchObject(before);
      await cluster.expectNoChange();
    } finally {
      await docker(["rm", "--force", name, `${cluster.stack}-stranger`]).catch(() => undefined);
    }
  });

  /** The pid on the host of a container's agent, a child of the container's first process. */
  async function agentPid(part: string): Promise<number> {
    const list = await docker(["top", cluster.named(part), "-eo", "pid,args"]);
    return Number(/^\s*(\d+) .*serf agent -config-file/m.exec(list)![1]);
  }
});
