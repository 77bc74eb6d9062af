import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pause } from "../../../../lib/host/run.ts";
import { killTree } from "../../support/killTree.ts";
import { Cluster, measure, obstacleToFaults } from "./cluster.ts";
import { faults } from "./faults.ts";
import { randomNumbers } from "./random.ts";

const kills = 10;

/** Every this many kills, the `up` creates the stack from nothing; the others change an existing one. */
const untilNothing = 4;

/** The assumed duration of an `up` in seconds, until a longer one was measured. */
const shortest = 4;

describe.skipIf(obstacleToFaults() !== undefined)("up", () => {
  const place = { subnet: "172.31.242.0/24", gossipPort: 18402, rpcPort: 18422 };
  const cluster = new Cluster("e2e-fault-up", place, 2);
  const { stack, project } = cluster;
  // Switching between the two adds or removes a member, replaces the others, and changes the tags of all.
  const changes = [
    { joiners: 2, limits: { memory: 128 }, tags: { color: "red" } },
    { joiners: 3, limits: { memory: 160 }, tags: { color: "blue" } },
  ] as const;

  beforeAll(async () => {
    await cluster.begin();
  });

  afterAll(async () => {
    await cluster.end();
  });

  const seed = Number(process.env["SERF_RANDOM_SEED"] ?? Date.now() % 1_000_000);

  test(`${faults.upKilled.what} (SERF_RANDOM_SEED=${seed})`, async () => {
    const random = randomNumbers(seed);
    let duration = shortest;
    let killed = 0;
    for (let turn = 0; killed < kills; turn += 1) {
      if (turn % untilNothing === 0) await project.succeed("stop", "--stack", stack);
      const { joiners, ...others } = changes[turn % changes.length]!;
      cluster.configure(joiners, others);
      const moment = random() * duration;
      const running = project.start("start", "--stack", stack);
      const isOver = await Promise.race([running.ended, pause(moment * 1000)]);
      if (isOver !== undefined) continue;
      await killTree(running.child.pid!, "SIGKILL");
      const { code, output } = await running.ended;
      expect(code, output).not.toBe(0);
      killed += 1;
      console.log(`Kill ${killed}: after ${moment.toFixed(1)} s of ${duration.toFixed(1)} s.`);
      await measure("upKilled", cluster, async () => {
        const began = Date.now();
        await cluster.up();
        duration = Math.max(duration, (Date.now() - began) / 1000);
      });
      await cluster.expectNoChange();
    }
  });
});
