import { expect, test } from "vitest";
import { policyFlags } from "../../../../../cli/support/preview/policyPack.ts";

test("a stack with settings of its own uses them, another one the default ones", () => {
  const pack = ["--policy-pack", "policy", "--policy-pack-config"];
  expect(policyFlags("prod")).toEqual([...pack, "policy/config/prod.json"]);
  expect(policyFlags("pr-12")).toEqual([...pack, "policy/config/default.json"]);
});
