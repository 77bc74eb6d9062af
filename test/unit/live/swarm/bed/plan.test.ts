import { delimiter } from "node:path";
import { describe, expect, test } from "vitest";
import { overlaps } from "../../../../../lib/cluster/subnet.ts";
import {
  bedNetwork,
  checkedSize,
  engineConfig,
  engineEnvironment,
  overlayPool,
  planEngine,
} from "../../../../live/swarm/bed/plan.ts";
import { subnetOf } from "../../../../live/support/hosts/network.ts";

test("a bed has 3 engines and 1 manager, up to 5 and 3", () => {
  expect(checkedSize({})).toEqual({ engines: 3, managers: 1, entries: 0 });
  expect(checkedSize({ engines: 5, managers: 3, entries: 9 })).toEqual({
    ...{ engines: 5, managers: 3, entries: 9 },
  });
});

test.each([
  [{ engines: 6 }, "A bed has 1 to 5 engines, not 6."],
  [{ engines: 0 }, "A bed has 1 to 5 engines, not 0."],
  [{ managers: 2 }, "3 engines have 1 or 3 managers among them, not 2."],
  [{ engines: 1, managers: 3 }, "1 engines have 1 or 3 managers among them, not 3."],
])("a bed of %j is refused", (size, message) => {
  expect(() => checkedSize(size)).toThrow(message);
});

describe("five engines", () => {
  const plans = [1, 2, 3, 4, 5].map(planEngine);
  const configs = plans.map((plan) => engineConfig(plan, `serf-bed/${plan.name}`));

  test("have nothing in common", () => {
    for (const key of ["name", "address", "socket", "dataRoot"] as const) {
      expect(new Set(plans.map((plan) => plan[key])).size, key).toBe(5);
    }
    expect(new Set(configs.map((config) => config["cgroup-parent"])).size).toBe(5);
  });

  test("have bridges, networks and overlays whose addresses do not overlap", () => {
    const bridges = configs.map(({ bip }) => bip.replace(".1/24", ".0/24"));
    const pools = configs.flatMap((config) =>
      config["default-address-pools"].map(({ base }) => base),
    );
    const all = [subnetOf(bedNetwork), overlayPool, ...bridges, ...pools];
    const pairs = all.flatMap((a, index) => all.slice(index + 1).map((b) => [a, b] as const));
    expect(pairs).toHaveLength(66);
    for (const [a, b] of pairs) expect(overlaps(a, b), `${a} and ${b}`).toBe(false);
  });
});

test("an engine's programs are those of SERF_TEST_DOCKERD, then those on the PATH", () => {
  const path = (env: NodeJS.ProcessEnv) => engineEnvironment(env)["PATH"];
  expect(path({ SERF_TEST_DOCKERD: "/other", PATH: "/bin" })).toBe(
    ["/other", "/bin"].join(delimiter),
  );
  expect(path({ SERF_TEST_DOCKERD: "", PATH: "/bin" })).toBe("/bin");
});

test("an engine reaches the registry without a proxy", () => {
  expect(engineEnvironment({ NO_PROXY: "localhost" })["NO_PROXY"]).toBe("localhost,10.214.77.0/24");
  expect(engineEnvironment({})["NO_PROXY"]).toBe("10.214.77.0/24");
});
