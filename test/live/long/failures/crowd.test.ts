import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pause } from "../../../../lib/host/run.ts";
import { Cluster, obstacleToFaults } from "./cluster.ts";

const most = 100;

describe.skipIf(obstacleToFaults() !== undefined)("a crowd", () => {
  const place = { subnet: "172.31.233.0/24", gossipPort: 18406, rpcPort: 18426 };
  const config = { ...place, tuneKernel: true, convergenceTimeout: 240 };
  const cluster = new Cluster("e2e-fault-crowd", config, most);

  beforeAll(async () => {
    await cluster.begin();
  });

  afterAll(async () => {
    await cluster.end();
  });

  // They keep their snapshots, and announce that they are back.
  test("most of a hundred joiners are removed, and come back at the same time", async () => {
    cluster.configure(3);
    await cluster.up();
    cluster.configure(most);
    await cluster.up();
    const sides = ["host", "seed", `joiner-${most}`];
    for (let look = 0; look < 12; look++) {
      await pause(10_000);
      for (const side of sides) {
        const seen = await cluster.membersSeenBy(side);
        expect(seen.filter(({ status }) => status === "alive")).toHaveLength(most + 2);
      }
    }
  });
});
