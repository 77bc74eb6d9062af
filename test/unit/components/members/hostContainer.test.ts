import { describe, expect, test } from "vitest";
import { HostContainer } from "../../../../components/members/hostContainer.ts";
import type { AgentContainer } from "../../../../lib/containers/description.ts";
import { place, seedContainer } from "../../support/cluster.ts";
import { declare, ofType, told, types } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("HostContainer stops an earlier host agent process, and does not wait for the network", async () => {
    const container = {
      ...seedContainer,
      ...{ name: "serf-test-host", group: "host", network: "host", rpcPort: 7380 },
      ...{ publish: undefined },
    } as unknown as AgentContainer;
    const { declared } = await declare(
      () => {
        const { labels, engineState } = place();
        new HostContainer("host", { container, labels, engineState, formerDir: ".serf/host/test" });
      },
      { preview },
    );
    const { inputs } = ofType(declared, types.container)["host"]!;
    expect(inputs).toMatchObject({ name: "serf-test-host", networkMode: "host" });
    expect(inputs).not.toHaveProperty("networksAdvanced");
    const former = ofType(declared, types.command)["host-former"]!;
    expect(former.inputs["create"]).toMatch(/hostAgent.ts stop$/);
    expect(told(declared, "host-former")).toEqual({ dir: ".serf/host/test" });
  });
});
