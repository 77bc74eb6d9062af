import { expect, test } from "vitest";
import { Lease } from "../../../../components/cluster/lease.ts";
import { declare, labelsIn, ofType, types } from "../../support/mocks.ts";

const labels = { "serf.project": "serf", "serf.stack": "test" };

async function declareLease(ttl: string | undefined, generation: string | undefined) {
  const { declared } = await declare(() => {
    new Lease("lease", {
      ...{ volumeName: "serf-test-lease", labels, owner: "anna", ttl, ports: [23001, 24001] },
      engineState: { ofVolume: () => generation },
    });
  });
  const volume = ofType(declared, types.volume)["lease"]!;
  return { ...labelsIn(volume), name: volume.inputs["name"] };
}

test("a lease is a volume whose labels say who has the stack, for how long, and its ports", async () => {
  expect(await declareLease("8h", "2")).toEqual({
    ...labels,
    name: "serf-test-lease",
    "serf.owner": "anna",
    "serf.ttl": "8h",
    "serf.ports": "23001,24001",
    "serf.generation": "2",
  });
});

test("a lease that does not end has no ttl", async () => {
  expect(await declareLease(undefined, undefined)).toEqual({
    ...labels,
    name: "serf-test-lease",
    "serf.owner": "anna",
    "serf.ports": "23001,24001",
  });
});
