import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pause } from "../../../../lib/host/run.ts";
import { containersOf } from "../../support/project.ts";
import { Cluster, measure, obstacleToFaults } from "./cluster.ts";
import { faults } from "./faults.ts";
import { PacketLoss } from "./packets.ts";

// The tests run in order: each starts with the cluster that the previous one left.

describe.skipIf(obstacleToFaults() !== undefined)("the network", () => {
  const place = { subnet: "172.31.243.0/24", gossipPort: 18403, rpcPort: 18423 };
  const cluster = new Cluster("e2e-fault-network", place, 4);

  beforeAll(async () => {
    await cluster.begin();
  });

  afterAll(async () => {
    await cluster.end();
  });

  test(faults.halfCutOff.what, async () => {
    const some = ["host", "seed", "joiner-1"];
    const others = ["joiner-2", "joiner-3", "joiner-4"];
    const addresses = (parts: string[]) => parts.map((part) => cluster.addressOf(part));
    const cut = await PacketLoss.between(
      await cluster.bridge(),
      addresses(some),
      addresses(others),
    );
    try {
      await pause(60_000);
      for (const side of some) await cluster.expectFailed(side, others, 0);
      for (const side of others) await cluster.expectFailed(side, some, 0);
      await measure("halfCutOff", cluster, () => cut.end());
    } finally {
      await cut.end();
    }
  });

  test(faults.packetLoss.what, async () => {
    const before = await containersOf(cluster.stack);
    cluster.configure(24);
    const loss = await PacketLoss.ofPart(await cluster.bridge(), 0.25);
    try {
      await measure("packetLoss", cluster, () => cluster.up());
    } finally {
      const { seen, dropped } = await loss.end();
      expect(seen).toBeGreaterThan(1000);
      expect(dropped / seen).toBeCloseTo(0.25, 1);
    }
    expect(await containersOf(cluster.stack)).toMatchObject(before);
    await cluster.expectNoChange();
  });
});
