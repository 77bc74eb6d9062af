import { expect, test } from "vitest";
import { adviceOnLargeCluster } from "../../../../lib/membership/largeCluster.ts";

test("a large cluster that does not form gets a hint about the profile wan, unless it is set", () => {
  expect(adviceOnLargeCluster(99, "lan")).toBe("");
  expect(adviceOnLargeCluster(100, "lan")).toMatch(
    /^\n100 agents .*`pulumi config set profile wan` \(profile is lan\)/,
  );
  expect(adviceOnLargeCluster(100, "wan")).toBe("");
});
