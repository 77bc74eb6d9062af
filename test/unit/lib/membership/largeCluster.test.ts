import { expect, test } from "vitest";
import { adviceOnLargeCluster } from "../../../../lib/membership/largeCluster.ts";

test("who waits for many members is told what makes them more patient, until they are", () => {
  expect(adviceOnLargeCluster(99, "lan")).toBe("");
  expect(adviceOnLargeCluster(100, "lan")).toMatch(
    /^\n100 agents .*`pulumi config set profile wan` \(profile is lan\)/,
  );
  expect(adviceOnLargeCluster(100, "wan")).toBe("");
});
