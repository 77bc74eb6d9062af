import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { currentUser } from "../../../../lib/host/user.ts";
import { docker } from "../../../../lib/host/run.ts";
import { containersOf, membersIn, Project, remainsOf, withStatus } from "../../support/project.ts";

// The tests run in order, on stacks without files and a stack of another clone.

/** Their names lead to the same place in the pools, so that all of them want the same subnet and ports. */
const stacks = ["e2e-pr-1", "e2e-pr-43", "e2e-pr-52"] as const;
const [first, second, third] = stacks;
const foreign = "e2e-pr-other";

let project: Project;
let other: Project;

beforeAll(async () => {
  project = new Project(600_000);
  other = new Project(600_000);
  // What a killed run left.
  for (const stack of [...stacks, foreign]) {
    await project.succeed("stop", "--yes", "--stack", stack);
  }
});

afterAll(async () => {
  for (const stack of stacks) {
    project.configure(stack, { ...nothingSet, protect: false });
    await project.run("pulumi", "state", "unprotect", "--all", "--yes", "--stack", stack);
  }
  await project.remove();
  await other.remove();
});

/** A file that leaves the subnet and the ports to the project. */
const nothingSet = { subnet: "auto", gossipPort: "auto", rpcPort: "auto" } as const;

interface Row {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** The rows of this test's stacks; the engine may have others. */
async function listed(...args: string[]): Promise<Row[]> {
  const output = await project.succeed("stacks", "--json", ...args);
  const rows = JSON.parse(output.slice(output.indexOf("["))) as Row[];
  return rows.filter(({ name }) => [...stacks, foreign].some((stack) => stack === name));
}

async function subnetOf(stack: string): Promise<string> {
  const format = "{{(index .IPAM.Config 0).Subnet}}";
  return (await docker(["network", "inspect", `serf-${stack}`, "--format", format])).trim();
}

test("three stacks without files come up at the same moment, each with a place of its own", async () => {
  const results = await Promise.all(stacks.map((stack) => project.run("start", "--stack", stack)));
  for (const { code, output } of results) expect(output, `exit code ${code}`).toContain("alive");
  const subnets = await Promise.all(stacks.map(subnetOf));
  const ports = stacks.map((stack) => docker(["port", `serf-${stack}-seed`, "7946/tcp"]));
  expect(new Set(subnets).size).toBe(3);
  expect(new Set(await Promise.all(ports)).size).toBe(3);
  for (const subnet of subnets) expect(subnet).toMatch(/^10\.83\.\d+\.0\/24$/);
  for (const stack of stacks) {
    expect(withStatus(await membersIn(`serf-${stack}-seed`), "alive")).toHaveLength(5);
  }
});

test("a second start changes nothing", async () => {
  const before = await Promise.all(stacks.map(containersOf));
  for (const stack of stacks) {
    await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  }
  const refreshed = ["preview", "--expect-no-changes", "--refresh", "--stack", first];
  await project.succeed("pulumi", ...refreshed);
  await project.succeed("start", "--stack", first);
  expect(await Promise.all(stacks.map(containersOf))).toEqual(before);
});

test("a preview without an engine shows the recorded choice", async () => {
  project.variables = { SERF_OFFLINE: "true" };
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", third);
  project.variables = {};
});

test("all stacks of the engine are listed, with their owner and where their state is", async () => {
  other.configure(foreign, {
    ...nothingSet,
    joiners: 0,
    hostAgent: false,
    ttl: "1m",
    owner: "berta",
  });
  await other.succeed("start", "--stack", foreign);
  const whole = { members: 5, running: 5, owner: currentUser(), ttl: null, hasEnded: false };
  const rows = await listed();
  expect(rows).toMatchObject([
    ...stacks.toSorted().map((name) => ({ name, ...whole, state: "here" })),
    { name: foreign, members: 1, running: 1, owner: "berta", ttl: "1m", state: "elsewhere" },
  ]);
  const table = await project.succeed("stacks");
  expect(table).toMatch(new RegExp(`^${first} +5/5 +\\w+ +${currentUser()} +- +here$`, "m"));
});

test("a stack of the same name in another backend is not taken for this one", async () => {
  const rows = JSON.parse((await other.succeed("stacks", "--json")).replace(/^[^[]*/, "")) as Row[];
  const states = rows.map(({ name, state }) => [name, state]);
  expect(states).toEqual(
    expect.arrayContaining([
      [first, "elsewhere"],
      [foreign, "here"],
    ]),
  );
});

test("an owner and a ttl replace the lease alone, whoever brings the stack up", async () => {
  const before = await containersOf(first);
  project.configure(first, { ...nothingSet, owner: "anna", ttl: "1m" });
  project.configure(second, { ...nothingSet, ttl: "1m", protect: true });
  const plan = await project.succeed("pulumi", "preview", "--stack", first);
  expect(plan).toMatch(/1 to replace/);
  await project.succeed("start", "--stack", first);
  await project.succeed("start", "--stack", second);
  project.variables = { GITHUB_ACTOR: "somebody" };
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", third);
  project.variables = {};
  expect(await containersOf(first)).toEqual(before);
  expect(await listed()).toMatchObject([
    ...[
      { name: first, owner: "anna", ttl: "1m", hasEnded: true },
      { name: second, owner: currentUser(), ttl: "1m", hasEnded: true },
      { name: third, owner: currentUser(), ttl: null, hasEnded: false },
    ].sort((a, b) => (a.name < b.name ? -1 : 1)),
    { name: foreign },
  ]);
});

test("without a terminal and --yes nothing is taken down, and what would be is shown", async () => {
  const { code, output } = await project.run("stacks", "--prune");
  expect(code).toBe(1);
  expect(output).toMatch(
    new RegExp(`Stack ${first} of anna is \\w+ old, and its ttl is 1m\\. It has\\n {2}- container`),
  );
  expect(output).toContain(`  - volume serf-${first}-lease\n`);
  expect(output).toContain("Nothing was removed. `npm run stacks -- --prune --yes`");
  expect(withStatus(await membersIn(`serf-${first}-seed`), "alive")).toHaveLength(5);
});

test("stacks that have outlived their ttl are taken down, but no protected or foreign one", async () => {
  // The youngest. A fast machine is here within its minute.
  await vi.waitFor(
    async () =>
      expect((await listed()).find(({ name }) => name === foreign)).toMatchObject({
        hasEnded: true,
      }),
    { timeout: 60_000, interval: 2000 },
  );
  const { code, output } = await project.run("stacks", "--prune", "--yes");
  expect(code).toBe(1);
  expect(output).toMatch(
    new RegExp(
      `Stack ${foreign} of berta is \\w+ old, and its ttl is 1m\\. Its state is in another backend`,
    ),
  );
  expect(output).toContain(`Stack ${second} is protected, and nothing was removed`);
  expect(output).toContain(
    `1 of 2 stacks could not be taken down: ${second}. The reasons are above.`,
  );
  expect(await remainsOf(first)).toEqual([]);
  for (const [stack, count] of [
    [second, 5],
    [third, 5],
    [foreign, 1],
  ] as const) {
    expect(withStatus(await membersIn(`serf-${stack}-seed`), "alive")).toHaveLength(count);
  }
});

test("the stacks that are left are without changes, and are removed completely", async () => {
  for (const stack of [second, third]) {
    await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  }
  await project.succeed("stop", "--stack", third);
  await other.succeed("stop", "--stack", foreign);
  expect(await remainsOf(third)).toEqual([]);
  expect(await remainsOf(foreign)).toEqual([]);
  expect(await listed()).toMatchObject([{ name: second }]);
  const nothing = await other.run("stacks", "--prune", "--yes");
  expect(nothing.code).toBe(0);
});
