import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { specOf } from "../../../../lib/plan/agents.ts";
import { declareJoiners, joiners, outputsIn, subnet } from "../../support/cluster.ts";
import { configurationsIn, labelsIn, ofType, types } from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("Joiners are one container each, independent of each other and of the join address", async () => {
    const { declared } = await declareJoiners({ preview });
    const containers = ofType(declared, types.container);
    expect(Object.keys(containers)).toEqual(["seed", "joiner-1", "web-1"]);
    for (const [at, { id, name, group, container }] of joiners.entries()) {
      const { inputs } = containers[id]!;
      expect(inputs).toMatchObject({
        name,
        image: "serf-test:1",
        networksAdvanced: [{ name: "serf-test", ipv4Address: `10.9.0.${at + 3}` }],
      });
      expect(inputs).not.toHaveProperty("ports");
      expect(JSON.stringify(inputs)).not.toContain(subnet.seed);
      expect(labelsIn(containers[id]!)).toMatchObject({
        ...{ "serf.role": "joiner", "serf.group": group, "serf.spec": specOf(container) },
      });
    }
  });

  test("the joiners' join address comes from the seed's output", async () => {
    const joinOf = async (address: string) => {
      const { declared } = await declareJoiners({ preview, seedAddress: address });
      return configurationsIn(declared, "joiners");
    };
    const joined = await joinOf("10.9.0.77");
    expect(joined.fleets).toEqual([
      { group: "joiner", tags: { role: "joiner" }, join: ["10.9.0.77"] },
      { group: "web", tags: { role: "web" }, join: ["10.9.0.77"] },
    ]);
    // Nothing else depends on it.
    expect(await joinOf("10.9.0.2")).toEqual({
      ...joined,
      fleets: joined.fleets.map((fleet) => ({ ...fleet, join: ["10.9.0.2"] })),
    });
  });

  test("a changed address of the seed does not change the joiners' containers", async () => {
    const containersOf = async (address: string) => {
      const { declared } = await declareJoiners({ preview, seedAddress: address });
      const { seed, ...others } = ofType(declared, types.container);
      return { seed, others };
    };
    const [one, other] = [await containersOf("10.9.0.2"), await containersOf("10.9.0.77")];
    expect(other.others).toEqual(one.others);
    expect(other.others).not.toEqual({});
  });

  test("a container's only output among its inputs is the network, which it waits for", async () => {
    const outputs: Record<string, string[]> = {};
    const spy: pulumi.ResourceTransformation = ({ type, name, props }) => {
      if (type === types.container) outputs[name] = outputsIn(props);
      return undefined;
    };
    await declareJoiners({ preview, opts: { transformations: [spy] } });
    const ofNetwork = ["networksAdvanced.0.name"];
    expect(outputs).toEqual({ seed: ofNetwork, "joiner-1": ofNetwork, "web-1": ofNetwork });
  });
});
