import { describe, expect, test } from "vitest";
import { clusterNetwork } from "../../support/cluster.ts";
import { declare, ofType, types } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("ClusterNetwork declares its complete address plan", async () => {
    const { declared } = await declare(clusterNetwork, { preview });
    expect(ofType(declared, types.network)["network"]!.inputs).toMatchObject({
      name: "serf-test",
      driver: "bridge",
      ipamConfigs: [{ subnet: "10.9.0.0/24", gateway: "10.9.0.1", ipRange: "10.9.0.224/27" }],
    });
  });
});
