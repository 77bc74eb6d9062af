import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { docker, pause } from "../../../../lib/host/run.ts";
import { killTree } from "../../support/killTree.ts";
import { containersOf, membersIn, remainsOf, withStatus } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";
import { worstDuring } from "./monitor.ts";

// The tests run in order: each starts with the cluster that the previous one left.

const stack = "e2e-roll";
const part = (name: string) => `serf-${stack}-${name}`;
const seed = part("seed");
const host = part("host");
const joiners = [1, 2, 3, 4].map((index) => part(`joiner-${index}`));
const members = [host, ...joiners, seed];

const rpcPort = 18210;
const base = { subnet: "172.31.220.0/24", gossipPort: 18200, rpcPort, joiners: 4 };
/** As in prod, but with a shorter timeout for members that do not come up. */
let config: typeof base & Record<string, unknown> = {
  ...base,
  maxUnavailable: 1,
  convergenceTimeout: 20,
};

const project = projectWith({ [stack]: config });

beforeAll(() => {
  copyFileSync(project.path("docker", "agent"), project.path("agent.whole"));
});

function configure(changes: object): void {
  config = { ...config, ...changes };
  project.configure(stack, config);
}

function mendAgent(): void {
  copyFileSync(project.path("agent.whole"), project.path("docker", "agent"));
}

/** Changes the entry point of the image's containers. */
function breakAgent(before: string, script: string): void {
  mendAgent();
  const file = project.path("docker", "agent");
  const whole = readFileSync(file, "utf8");
  expect(whole).toContain(before);
  writeFileSync(file, whole.replace(before, `${script}\n${before}`));
}

async function up(): Promise<void> {
  await project.succeed("start", "--stack", stack);
}

async function refusal(): Promise<string> {
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code, output).not.toBe(0);
  return output;
}

async function expectAllAlive(): Promise<void> {
  for (const view of [seed, ...joiners]) {
    expect(withStatus(await membersIn(view), "alive").sort(), `seen by ${view}`).toEqual(members);
  }
  expect(withStatus(await project.membersOnHost(stack, rpcPort), "alive").sort()).toEqual(members);
}

async function expectNoChange(): Promise<void> {
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
}

/** The IDs of containers with their start times. */
async function livesOf(names: readonly string[]): Promise<string[]> {
  const format = "{{.Id}} {{.State.StartedAt}}";
  return (await docker(["inspect", "--format", format, ...names])).trim().split("\n");
}

/** The engine's state of a container; undefined when it does not exist. */
async function stateOf(name: string): Promise<string | undefined> {
  const state = await docker(["inspect", "--format", "{{.State.Status}}", name]).catch(() => "");
  return state.trim() || undefined;
}

/** The members whose container has changed. */
async function changedSince(before: Readonly<Record<string, string>>): Promise<string[]> {
  const now = await containersOf(stack);
  expect(Object.keys(now).sort()).toEqual(Object.keys(before).sort());
  return Object.keys(now)
    .filter((name) => now[name] !== before[name])
    .sort();
}

test("a changed limit takes one member down at a time, as seen by the engine and by another member", async () => {
  const before = await containersOf(stack);
  const pid = project.hostAgentPid(stack);
  configure({ limits: { memory: 96 } });
  const { stopped, unseen } = await worstDuring(project, stack, members, rpcPort, up);
  expect(stopped).toHaveLength(1);
  expect(unseen).toHaveLength(1);
  expect(await changedSince(before)).toEqual([...joiners, seed]);
  expect(project.hostAgentPid(stack)).toBe(pid);
  await expectAllAlive();
  await expectNoChange();
});

test("an image that cannot start stops the change before any member is touched", async () => {
  const before = await livesOf([seed, ...joiners]);
  const pid = project.hostAgentPid(stack);
  breakAgent("keep_container=\n", "echo this agent is broken >&2; exit 1");
  const output = await refusal();
  expect(output).toMatch(
    /The image serf-e2e-roll:\w+ was tried, and its agent ended, so no member was replaced\. Its log ends:\s+this agent is broken/,
  );
  expect(await livesOf([seed, ...joiners])).toEqual(before);
  expect(project.hostAgentPid(stack)).toBe(pid);
  await expectAllAlive();
});

test("a member that cannot join stops the change, and no other member is touched", async () => {
  const before = await containersOf(stack);
  const pid = project.hostAgentPid(stack);
  const otherKey = Buffer.alloc(32, 1).toString("base64");
  breakAgent(
    "umask 022\n",
    // The others cannot decrypt its messages.
    `case $2 in *-joiner-2) echo '["${otherKey}"]' > /run/serf/keyring;; esac`,
  );
  let output = "";
  const { stopped, unseen } = await worstDuring(project, stack, members, rpcPort, async () => {
    output = await refusal();
  });
  expect(stopped).toHaveLength(1);
  expect(unseen).toHaveLength(1);
  expect(output).toMatch(
    /The change has stopped: 1 of 6 members were replaced, and no other member was/,
  );
  expect(output).toMatch(/joiner-2 did not come up: .*seed sees it as left/);
  expect(output).toMatch(/no installed keys could decrypt the message/);
  expect(await changedSince(before)).toEqual(joiners.slice(0, 2));
  expect(project.hostAgentPid(stack)).toBe(pid);
  const others = members.filter((name) => name !== joiners[1]);
  expect(withStatus(await membersIn(seed), "alive").sort()).toEqual(others);
});

test("restoring the configuration repairs it, starting with the member that is down", async () => {
  const before = await containersOf(stack);
  mendAgent();
  await up();
  expect(await changedSince(before)).toEqual(joiners.slice(0, 2));
  expect(withStatus(await membersIn(seed), "alive")).toHaveLength(members.length);
  await expectAllAlive();
  await expectNoChange();
});

test("a fixed image is rolled out to all, two at a time if two may be down", async () => {
  const before = await containersOf(stack);
  const pid = project.hostAgentPid(stack);
  appendFileSync(project.path("docker", "agent"), "# mended\n");
  configure({ maxUnavailable: 2 });
  const { stopped } = await worstDuring(project, stack, members, undefined, up);
  expect(stopped).toHaveLength(2);
  expect(await changedSince(before)).toEqual([...joiners, seed]);
  expect(project.hostAgentPid(stack)).not.toBe(pid);
  await expectAllAlive();
  await expectNoChange();
});

test("a changed port replaces the seed, and no joiner is touched", async () => {
  const before = await livesOf(joiners);
  const { [seed]: former } = await containersOf(stack);
  configure({ maxUnavailable: 1, gossipPort: 18201 });
  await up();
  expect((await containersOf(stack))[seed]).not.toBe(former);
  expect(await livesOf(joiners)).toEqual(before);
  await expectAllAlive();
  await expectNoChange();
});

test("a change that was killed in the middle of a step continues with the member that is down", async () => {
  const before = await containersOf(stack);
  configure({ limits: { memory: 112 } });
  const killed = await worstDuring(project, stack, members, rpcPort, async () => {
    const running = project.start("start", "--stack", stack);
    const deadline = Date.now() + 60_000;
    while ((await stateOf(joiners[1]!)) === "running" && Date.now() < deadline) await pause(20);
    await killTree(running.child.pid!, "SIGKILL");
    expect((await running.ended).code).not.toBe(0);
  });
  expect(killed.stopped).toHaveLength(1);
  const { stopped } = await worstDuring(project, stack, members, rpcPort, up);
  expect(stopped).toHaveLength(1);
  expect(await changedSince(before)).toEqual([...joiners, seed]);
  await expectAllAlive();
});

test("a changed subnet is refused, since it would take all members down", async () => {
  project.configure(stack, { ...config, subnet: "172.31.221.0/24" });
  expect(await refusal()).toMatch(
    /subnet is 172\.31\.221\.0\/24, but the cluster runs in 172\.31\.220\.0\/24, .* maxUnavailable is 1; /,
  );
  await expectAllAlive();
  project.configure(stack, config);
});

test("if all may be down, as in dev, all joiners are replaced at once", async () => {
  configure({ maxUnavailable: "all", limits: { memory: 96 } });
  const { stopped } = await worstDuring(project, stack, members, rpcPort, up);
  expect(stopped).toEqual(expect.arrayContaining(joiners));
  await expectAllAlive();
  await expectNoChange();
  await project.succeed("stop", "--stack", stack);
  expect(await remainsOf(stack)).toEqual([]);
});
