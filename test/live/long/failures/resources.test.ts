import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, run } from "../../../../lib/host/run.ts";
import { logsOf } from "../../support/agents.ts";
import { Cluster, measure, obstacleToFaults } from "./cluster.ts";
import { faults } from "./faults.ts";

describe.skipIf(obstacleToFaults() !== undefined)("resources", () => {
  const place = { subnet: "172.31.245.0/24", gossipPort: 18405, rpcPort: 18425 };
  const cluster = new Cluster("e2e-fault-resources", place, 3);
  const joiner = cluster.named("joiner-2");

  beforeAll(async () => {
    await cluster.begin();
  });

  afterAll(async () => {
    await cluster.end();
  });

  test(faults.diskFull.what, async () => {
    const format = ["--format", "{{.Mountpoint}}"];
    const data = await docker(["volume", "inspect", ...format, `serf-${cluster.stack}-data`]);
    const options = "size=256k,mode=0700,uid=7946,gid=7946";
    await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", data.trim()]);
    try {
      // Only containers that are started from now on have the small disk.
      await cluster.secondsUntilWhole(faults.diskFull, () => docker(["restart", joiner], 30_000));
      // Fill the last page of the snapshot as well, so that the agent's next write has no room.
      const pad = `cd /var/lib/serf/${joiner}; printf "#%*s\n" $((4094 - $(wc -c < snapshot) % 4096)) >> snapshot`;
      const fill = "dd if=/dev/zero of=/var/lib/serf/ballast bs=1k";
      await expect(inJoiner(`${pad}; ${fill}`)).rejects.toThrow("No space left on device");
      await cluster.secondsUntilWhole(faults.diskFull, sendEvents);
      expect(await logsOf(joiner)).toMatch(/snapshot.*no space left on device/);

      const pid = await cluster.pidOf("joiner-2");
      await measure("diskFull", cluster, () => process.kill(pid, "SIGKILL"));
      await expect(inJoiner("echo > /var/lib/serf/more")).rejects.toThrow("No space left");
      // An agent that has left gracefully comes back as well.
      await cluster.secondsUntilWhole(faults.diskFull, () => docker(["restart", joiner], 30_000));

      await inJoiner("rm /var/lib/serf/ballast");
      await cluster.secondsUntilWhole(faults.diskFull, sendEvents);
    } finally {
      await run("umount", ["--lazy", data.trim()]);
    }
    // The original disk is back, with the old snapshot.
    await cluster.secondsUntilWhole(faults.diskFull, () => docker(["restart", joiner], 30_000));
    await cluster.expectNoChange();
  });

  async function inJoiner(script: string): Promise<string> {
    return await docker(["exec", joiner, "sh", "-c", script]);
  }

  /** Agents write to the snapshot when they hear of a user event. */
  async function sendEvents(): Promise<void> {
    for (const name of ["one", "two", "three"]) {
      await docker(["exec", cluster.named("seed"), "serf", "event", name]);
    }
  }
});
