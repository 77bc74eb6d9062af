import { describe, expect, test } from "vitest";
import { labels, seedFleet, storage, volumes } from "../../support/cluster.ts";
import {
  configurationsIn,
  declare,
  labelsIn,
  ofType,
  revealSecret,
  types,
} from "../../support/mocks.ts";

describe.each([false, true])("in a preview: %s", (preview) => {
  test("Storage has two volumes, and a command that writes the seed's files", async () => {
    const { declared } = await declare(() => storage(), { preview });
    const found = Object.values(ofType(declared, types.volume));
    expect(found.map(({ inputs }) => inputs["name"]).sort()).toEqual(Object.values(volumes));
    for (const one of found) {
      expect(labelsIn(one)["serf.generation"]).toBe(`of ${String(one.inputs["name"])}`);
    }
    const { inputs } = ofType(declared, types.command)["storage"]!;
    expect(JSON.parse(revealSecret(inputs["stdin"]) as string)).toEqual({
      gossipKey: "a key",
      rpcToken: "a token",
    });
    // In the environment, so that a preview shows what changes.
    expect(configurationsIn(declared, "storage")).toEqual({
      ...{ part: "members", image: "serf-test:1", volumes, labels, generation: "1" },
      fleets: [seedFleet],
    });
  });
});
