import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, pause } from "../../../../lib/host/run.ts";
import { containersOf } from "../../support/project.ts";
import { Cluster, measure, obstacleToFaults } from "./cluster.ts";
import { faults } from "./faults.ts";

// One story, told in order: each test begins with the cluster that the one before has left.

describe.skipIf(obstacleToFaults() !== undefined)("members", () => {
  const place = { subnet: "172.31.240.0/24", gossipPort: 18400, rpcPort: 18420 };
  const cluster = new Cluster("e2e-fault-members", place, 4);

  beforeAll(async () => {
    await cluster.begin();
  });

  afterAll(async () => {
    await cluster.end();
  });

  // As by a crash: the engine takes a `docker kill` for a wish, and does not start the container again.
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
    // The others stay together.
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
    // A container has its image's labels, if none of its own.
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

  /** The pid on the host of the agent in a container, which its first process has started. */
  async function agentPid(part: string): Promise<number> {
    const list = await docker(["top", cluster.named(part), "-eo", "pid,args"]);
    return Number(/^\s*(\d+) .*serf agent -config-file/m.exec(list)![1]);
  }
});
