import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type ThresholdName,
  thresholdNames,
  type Thresholds,
} from "../../../../lib/neighbourTable/demand.ts";
import { Project, remainsOf } from "../../support/project.ts";

// The tests lower the kernel's limits, so that a small stack does not fit.

const stacks = { one: "e2e-arp-one", two: "e2e-arp-two" };
const one = { subnet: "172.31.230.0/24", gossipPort: 18300, rpcPort: 18310, joiners: 4 };
const two = { subnet: "172.31.231.0/24", gossipPort: 18301, rpcPort: 18311, joiners: 1 };

/** Enough for everything else on this host, but not for 6 agents, which need 30 entries. */
const lowered: Thresholds = { gc_thresh1: 8, gc_thresh2: 16, gc_thresh3: 24 };

/** In the same proportion as the kernel's defaults. */
const raised: Thresholds = { gc_thresh1: 32, gc_thresh2: 128, gc_thresh3: 256 };

const ledger = "/run/serf-cluster-neighbours.json";
const file = (name: ThresholdName) => `/proc/sys/net/ipv4/neigh/default/${name}`;

let project: Project;
let before: Thresholds;

function limits(): Thresholds {
  const read = (name: ThresholdName) => [name, Number(readFileSync(file(name), "utf8"))] as const;
  return Object.fromEntries(thresholdNames.map(read)) as Thresholds;
}

function setLimits(wanted: Thresholds): void {
  for (const name of thresholdNames) writeFileSync(file(name), String(wanted[name]));
}

beforeAll(async () => {
  before = limits();
  project = new Project();
  project.configure(stacks.one, one);
  project.configure(stacks.two, two);
  for (const stack of Object.values(stacks)) await project.run("stop", "--yes", "--stack", stack);
});

afterEach(async () => {
  for (const stack of Object.values(stacks)) await project.run("stop", "--yes", "--stack", stack);
  setLimits(before);
});

afterAll(async () => {
  await project.remove();
});

test("a stack that does not fit is refused with numbers and commands before anything is created", async () => {
  setLimits(lowered);
  project.configure(stacks.one, one);
  const { code, output } = await project.run("start", "--stack", stacks.one);
  expect(code).not.toBe(0);
  expect(output).toContain(
    "the kernel's neighbour table holds 24 entries, but the 6 agents on this host need 30;",
  );
  expect(output).toContain("`pulumi config set tuneKernel true`");
  const values = thresholdNames.map((name) => `net.ipv4.neigh.default.${name}=${raised[name]}`);
  expect(output).toContain(`sudo sysctl -w ${values.join(" ")}`);
  expect(await remainsOf(stacks.one)).toEqual([]);
  expect(limits()).toEqual(lowered);
});

test("with tuneKernel it fits next to another stack, and the last to be destroyed restores the limits", async () => {
  setLimits(lowered);
  project.configure(stacks.two, two);
  project.configure(stacks.one, { ...one, tuneKernel: true });
  await project.succeed("start", "--stack", stacks.one);
  expect(limits()).toEqual(raised);
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stacks.one);

  // When the other stack is destroyed, one that did not enlarge the table remains, and fits by itself.
  await project.succeed("start", "--stack", stacks.two);
  await project.succeed("stop", "--stack", stacks.one);
  expect(limits()).toEqual(lowered);
  await project.succeed("stop", "--stack", stacks.two);
  expect(existsSync(ledger)).toBe(false);
});

test("the other stacks on the host are counted", async () => {
  // 3 agents need 6 entries, and 6 agents 30.
  setLimits({ ...lowered, gc_thresh3: 34 });
  project.configure(stacks.two, two);
  project.configure(stacks.one, one);
  await project.succeed("start", "--stack", stacks.two);
  const { code, output } = await project.run("start", "--stack", stacks.one);
  expect(code).not.toBe(0);
  expect(output).toContain("need 30, in addition to the 6 of its other stacks;");
  expect(await remainsOf(stacks.one)).toEqual([]);
});

test("a table that was made smaller shows in a preview, and the next start repairs it", async () => {
  setLimits(lowered);
  project.configure(stacks.one, { ...one, tuneKernel: true });
  await project.succeed("start", "--stack", stacks.one);
  // As after a reboot of the host.
  setLimits(lowered);
  const preview = await project.succeed("preview", "--stack", stacks.one);
  expect(preview).toMatch(/command:local:Command\s+neighbour-table\s+update/);
  await project.succeed("start", "--stack", stacks.one);
  expect(limits()).toEqual(raised);
});

test("limits that somebody else changed meanwhile are kept", async () => {
  setLimits(lowered);
  project.configure(stacks.one, { ...one, tuneKernel: true });
  await project.succeed("start", "--stack", stacks.one);
  const foreign = { ...raised, gc_thresh3: 5000 };
  setLimits(foreign);
  const output = await project.succeed("stop", "--stack", stacks.one);
  expect(output).toContain(
    "net.ipv4.neigh.default.gc_thresh3 is 5000, which was not set by this project",
  );
  expect(limits()).toEqual({ ...lowered, gc_thresh3: 5000 });
});
