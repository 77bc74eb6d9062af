import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  defaultLimits,
  type ThresholdName,
  thresholdNames,
} from "../../../../lib/neighbourTable/demand.ts";
import { membersIn, Project, remainsOf, withStatus } from "../../support/project.ts";

// 100 joiners on one host, starting with the kernel's default limits.

const stack = "e2e-arp-many";
const config = { subnet: "172.31.232.0/24", gossipPort: 18302, rpcPort: 18312, joiners: 100 };
const file = (name: ThresholdName) => `/proc/sys/net/ipv4/neigh/default/${name}`;
const limits = () =>
  Object.fromEntries(
    thresholdNames.map((name) => [name, Number(readFileSync(file(name), "utf8"))]),
  );
const setLimits = (wanted: Readonly<Record<string, number>>) => {
  for (const name of thresholdNames) writeFileSync(file(name), String(wanted[name]));
};

/** How often the neighbour table was full since the kernel started. */
function overflows(): number {
  const [head = "", ...lines] = readFileSync("/proc/net/stat/arp_cache", "utf8").trim().split("\n");
  const column = head.trim().split(/\s+/).indexOf("table_fulls");
  expect(column).toBeGreaterThan(0);
  return lines.reduce((sum, line) => sum + parseInt(line.trim().split(/\s+/)[column]!, 16), 0);
}

let project: Project;
let before: Readonly<Record<string, number>>;

beforeAll(async () => {
  before = limits();
  project = new Project(600_000);
  project.configure(stack, { ...config, tuneKernel: true, convergenceTimeout: 180 });
  await project.run("stop", "--yes", "--stack", stack);
  setLimits(defaultLimits);
});

afterAll(async () => {
  await project.remove();
  setLimits(before);
});

test("100 joiners are refused with the numbers, before anything is created", async () => {
  project.configure(stack, config);
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).not.toBe(0);
  expect(output).toContain("holds 1024 entries, but the 102 agents on this host need 10302;");
  expect(await remainsOf(stack)).toEqual([]);
});

test("with tuneKernel they come up, the table never overflows, and the limits are restored", async () => {
  project.configure(stack, { ...config, tuneKernel: true, convergenceTimeout: 180 });
  const fulls = overflows();
  await project.succeed("start", "--stack", stack);
  for (const members of [
    await membersIn(`serf-${stack}-joiner-50`),
    await project.membersOnHost(stack, config.rpcPort),
  ]) {
    expect(withStatus(members, "alive")).toHaveLength(102);
  }
  expect(overflows()).toBe(fulls);
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  await project.succeed("stop", "--stack", stack);
  expect(limits()).toEqual(defaultLimits);
});
