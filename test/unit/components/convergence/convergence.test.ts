import { expect, test } from "vitest";
import { Convergence } from "../../../../components/convergence/convergence.ts";
import { labels } from "../../support/cluster.ts";
import { declare } from "../../support/mocks.ts";

test("Convergence outputs what the gate printed, and nothing in a preview", async () => {
  const program = () =>
    new Convergence("convergence", {
      expected: [],
      views: [],
      formerHostDir: undefined,
      engines: [],
      network: "serf-test",
      labels,
      profile: "lan",
      timeout: 60,
      incarnations: ["a"],
    }).members;
  expect((await declare(program)).returned).toEqual([{ name: "a" }]);
  expect((await declare(program, { preview: true })).returned).toBeUndefined();
});
