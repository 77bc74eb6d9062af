import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker, run } from "../../../lib/host/run.ts";
import { startTimeOf } from "../../../lib/host/startTime.mjs";
import type { ConvergenceInput } from "../../../lib/inputs/converge.ts";
import { containersOf, membersIn, Project, remainsOf, withStatus } from "../support/project.ts";

// The tests run in order: each starts with the cluster that the previous one left.

const stack = "e2e";
const neighbour = "beside-e2e";
const config = { subnet: "172.31.250.0/24", gossipPort: 17946, rpcPort: 17373 };
const seed = "serf-e2e-seed";
const host = "serf-e2e-host";
const joiner = (index: number) => `serf-e2e-joiner-${index}`;
const cluster = (joiners: number) =>
  [host, seed, ...Array.from({ length: joiners }, (_, position) => joiner(position + 1))].sort();

let project: Project;
let neighbourBefore: Record<string, string>;

beforeAll(async () => {
  project = new Project();
  project.configure(stack, { ...config, joiners: 3 });
  project.configure(neighbour, {
    subnet: "172.31.251.0/24",
    gossipPort: 17956,
    rpcPort: 17383,
    joiners: 1,
  });
  // Remove what a killed run left.
  await project.succeed("stop", "--yes", "--stack", stack);
  await project.succeed("stop", "--yes", "--stack", neighbour);
  await project.succeed("start", "--stack", neighbour);
  neighbourBefore = await containersOf(neighbour);
});

afterAll(async () => {
  await project.remove();
});

async function scaleTo(joiners: number): Promise<string> {
  project.configure(stack, { ...config, joiners });
  return await project.succeed("start", "--stack", stack);
}

async function expectNoChange(): Promise<void> {
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
}

/** Expects that every member sees exactly the expected members alive, and none failed. */
async function expectCluster(joiners: number): Promise<void> {
  const containers = cluster(joiners).filter((name) => name !== host);
  const views = [
    ...(await Promise.all(
      containers.map(async (name) => ({ name, members: await membersIn(name) })),
    )),
    { name: host, members: await project.membersOnHost(stack, config.rpcPort) },
  ];
  for (const { name, members } of views) {
    const present = members.filter(({ status }) => status !== "left");
    expect(
      present.map((member) => `${member.name} ${member.status}`).sort(),
      `seen by ${name}`,
    ).toEqual(cluster(joiners).map((member) => `${member} alive`));
  }
}

test("start forms the cluster and prints its members", async () => {
  const output = await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  const table = output.slice(output.lastIndexOf("NAME "));
  for (const name of cluster(3)) expect(table).toMatch(new RegExp(`^${name} .* alive `, "m"));
});

test("the members command prints them as well", async () => {
  const output = await project.succeed("members", "--stack", stack);
  expect(output.match(/ alive /g)).toHaveLength(5);
});

test("the stack has the documented outputs, with the members as Serf reports them", async () => {
  const output = await project.succeed("pulumi", "stack", "output", "--json", "--stack", stack);
  const outputs = JSON.parse(output) as Record<string, unknown> & { image: string };
  const image = await docker(["inspect", "--format", "{{.Image}}", seed]);
  expect(outputs.image).toBe(image.trim());
  expect(outputs).toMatchObject({
    seed: { name: seed, ip: "172.31.250.2", endpoint: "127.0.0.1:17946" },
    joiners: [1, 2, 3].map((index) => ({ name: joiner(index), ip: `172.31.250.${index + 2}` })),
    host: { name: host, address: "172.31.250.1" },
  });
  expect(outputs["members"]).toEqual(await membersIn(seed));
});

test("the state has only properties that @pulumi/docker knows", async () => {
  const state = await project.succeed("pulumi", "stack", "export", "--stack", stack);
  const { deployment } = JSON.parse(state) as {
    deployment: { resources: { type: string; outputs?: object }[] };
  };
  const checked = deployment.resources.filter(({ type }) => type.startsWith("docker:index/"));
  expect(new Set(checked.map(({ type }) => type)).size).toBe(4);
  for (const { type, outputs = {} } of checked) {
    const sdk = readFileSync(
      `node_modules/@pulumi/docker/${/\/(\w+):/.exec(type)![1]!}.js`,
      "utf8",
    );
    const known = new Set([...sdk.matchAll(/resourceInputs\["(\w+)"\]/g)].map(([, key]) => key));
    // The Terraform bridge's own properties, which the official plugin writes as well.
    known.add("__meta").add("__pulumi_raw_state_delta").add("id");
    expect(
      Object.keys(outputs).filter((key) => !known.has(key)),
      type,
    ).toEqual([]);
  }
});

test("the gate reports at its deadline which members are missing in which view", async () => {
  const alive = (await membersIn(seed)).map(({ name, address, tags }) => ({ name, address, tags }));
  const ghost = { name: "serf-e2e-ghost", address: "172.31.250.99", tags: {} };
  const gate = (expected: ConvergenceInput["expected"]) => {
    const views = [{ kind: "container", name: seed }] as const;
    const input: ConvergenceInput = {
      ...{ expected, views, profile: "lan", timeout: 1, incarnations: [] },
      network: `serf-${stack}`,
      labels: { "serf.project": "serf", "serf.stack": stack },
    };
    const options = { input: JSON.stringify(input), timeout: 20_000 };
    return run(process.execPath, ["programs/converge.ts", "form"], options);
  };
  await expect(gate([...alive, ghost])).rejects.toThrow(
    /cluster of 6 has not formed within 1 s .*\n.*FAULT\nserf-e2e-seed +serf-e2e-ghost +172\.31\.250\.99 +missing\s*$/,
  );
  const ghosts = Array.from({ length: 95 }, (_, index) => ({ ...ghost, name: `ghost-${index}` }));
  await expect(gate([...alive, ...ghosts])).rejects.toThrow(/missing\n100 agents .* profile wan/);
});

test("a second start changes nothing", async () => {
  await expectNoChange();
  const before = await containersOf(stack);
  const pid = project.hostAgentPid(stack);
  const output = await project.succeed("start", "--stack", stack);
  expect(output).toMatch(/Resources:\s+\d+ unchanged/);
  expect(await containersOf(stack)).toEqual(before);
  expect(project.hostAgentPid(stack)).toBe(pid);
});

test("the image is small, and its agent is not root", async () => {
  const image = await docker(["inspect", "--format", "{{.Image}}", seed]);
  const size = await docker(["image", "inspect", "--format", "{{.Size}}", image.trim()]);
  expect(Number(size)).toBeLessThanOrEqual(20 * 2 ** 20);
  expect((await docker(["exec", seed, "id", "-u"])).trim()).toBe("7946");
});

test("an event handler of the image answers a query from the host", async () => {
  const load = await docker(["exec", seed, "serf", "query", "-format=json", "load"]);
  const { Responses } = JSON.parse(load) as { Responses: Record<string, string> };
  expect(Object.keys(Responses).sort()).toEqual(cluster(3).filter((name) => name !== host));
});

test("scaling to 5 adds two joiners and touches no other member", async () => {
  const before = await containersOf(stack);
  const pid = project.hostAgentPid(stack);
  await scaleTo(5);
  await expectCluster(5);
  expect(await containersOf(stack)).toMatchObject(before);
  expect(project.hostAgentPid(stack)).toBe(pid);
  await expectNoChange();
});

test("scaling to 2 makes the last three leave", async () => {
  const before = await containersOf(stack);
  await scaleTo(2);
  await expectCluster(2);
  expect(withStatus(await membersIn(seed), "left").sort()).toEqual([3, 4, 5].map(joiner));
  const after = await containersOf(stack);
  expect(Object.keys(after).sort()).toEqual([joiner(1), joiner(2), seed]);
  expect(before).toMatchObject(after);
  await expectNoChange();
});

test("scaling to 0 and back to 3 works", async () => {
  await scaleTo(0);
  await expectCluster(0);
  expect(withStatus(await membersIn(seed), "left").sort()).toEqual([1, 2, 3, 4, 5].map(joiner));
  await expectNoChange();
  await scaleTo(3);
  await expectCluster(3);
  await expectNoChange();
});

test("a killed host's agent shows in a preview, and is started by the next start", async () => {
  process.kill(project.hostAgentPid(stack)!, "SIGKILL");
  const args = ["preview", "--expect-no-changes", "--stack", stack];
  expect((await project.run("pulumi", ...args)).code).not.toBe(0);
  const before = await containersOf(stack);
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  expect(await containersOf(stack)).toEqual(before);
  await expectNoChange();
});

test.each([
  ["removed", ["rm", "--force"]],
  ["stopped", ["stop"]],
])("a joiner %s behind Pulumi's back is recreated, and no other member", async (_, command) => {
  const { [joiner(2)]: lost, ...others } = await containersOf(stack);
  await docker([...command, joiner(2)], 20_000);
  const preview = await project.succeed("preview", "--stack", stack);
  expect(preview.match(/Container +joiner-\d replace/g)).toEqual(["Container joiner-2 replace"]);
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  const after = await containersOf(stack);
  expect(after).toMatchObject(others);
  expect(after[joiner(2)]).not.toBe(lost);
  await expectNoChange();
});

test("a seed removed behind Pulumi's back does not take the joiners with it", async () => {
  const { [seed]: lost, ...others } = await containersOf(stack);
  await docker(["rm", "--force", seed]);
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  const after = await containersOf(stack);
  expect(after).toMatchObject(others);
  expect(after[seed]).not.toBe(lost);
  await expectNoChange();
});

test("a changed handler rebuilds the image; the preview shows the containers it replaces", async () => {
  const before = await containersOf(stack);
  appendFileSync(project.path("docker", "handlers", "load"), "# changed\n");
  const preview = await project.succeed("preview", "--stack", stack);
  expect(preview).toMatch(/docker:index:Container +seed +replace/);
  for (const index of [1, 2, 3]) expect(preview).toContain(`Container joiner-${index} replace`);
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  const after = await containersOf(stack);
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  for (const [name, id] of Object.entries(before)) expect(after[name], name).not.toBe(id);
  const images = await docker(["image", "ls", "--all", "serf-e2e", "--format", "{{.ID}}"]);
  expect(images.trim().split("\n")).toHaveLength(1);
  await expectNoChange();
});

test("an image whose name was removed is built again once, and no container is recreated", async () => {
  const before = await containersOf(stack);
  const name = (await docker(["inspect", "--format", "{{.Config.Image}}", seed])).trim();
  await docker(["image", "rm", "--force", name]);
  const preview = await project.succeed("preview", "--stack", stack);
  expect(preview).toMatch(/docker:index:RemoteImage +image +replace/);
  await project.succeed("start", "--stack", stack);
  expect(await docker(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])).toContain(name);
  expect(await containersOf(stack)).toEqual(before);
  await expectNoChange();
});

test("a network removed behind Pulumi's back is recreated with its containers", async () => {
  const containers = Object.values(await containersOf(stack));
  await docker(["rm", "--force", "--volumes", ...containers], 60_000);
  await docker(["network", "rm", "serf-e2e"]);
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  await expectNoChange();
});

test("with hostAgent false, the host's agent leaves", async () => {
  const pid = project.hostAgentPid(stack)!;
  project.configure(stack, { ...config, joiners: 3, hostAgent: false });
  await project.succeed("start", "--stack", stack);
  expect(withStatus(await membersIn(seed), "left")).toContain(host);
  expect(startTimeOf(pid)).toBeUndefined();
  await expectNoChange();
  await scaleTo(3);
  await expectCluster(3);
});

test("a changed profile restarts every agent with it", async () => {
  const before = await containersOf(stack);
  project.configure(stack, { ...config, joiners: 3, profile: "wan" });
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  const after = await containersOf(stack);
  for (const [name, id] of Object.entries(before)) {
    expect(after[name], name).not.toBe(id);
    expect(await docker(["logs", name]), name).toMatch(/Profile: wan$/m);
  }
  const ownCommand = readFileSync(`/proc/${project.hostAgentPid(stack)!}/cmdline`, "utf8");
  expect(ownCommand).toContain("-profile=wan");
  await expectNoChange();
});

test("a changed subnet moves the whole cluster with one start", async () => {
  project.configure(stack, { ...config, joiners: 3, subnet: "172.31.248.0/24" });
  await project.succeed("start", "--stack", stack);
  await expectCluster(3);
  expect((await membersIn(seed)).every(({ address }) => address.startsWith("172.31.248."))).toBe(
    true,
  );
  await expectNoChange();
});

test("an invalid configuration is refused with all errors, and nothing changes", async () => {
  const before = await containersOf(stack);
  project.configure(stack, { ...config, joiners: "many", convergenceTimeout: 0, colour: "red" });
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).not.toBe(0);
  expect(output).toContain('joiners is "many", allowed is a whole number from 0 to 1000');
  expect(output).toContain('convergenceTimeout is "0", allowed is a whole number from 1 to 3600');
  expect(output).toContain("colour is not a setting; the settings are joiners, ");
  expect(await containersOf(stack)).toEqual(before);
});

test("the neighbouring stack was never touched", async () => {
  expect(await containersOf(neighbour)).toEqual(neighbourBefore);
  expect(withStatus(await membersIn("serf-beside-e2e-seed"), "alive")).toHaveLength(3);
});

test("stop leaves nothing: no container, network, volume, image, process, file, state", async () => {
  const pid = project.hostAgentPid(stack)!;
  project.configure(stack, { ...config, joiners: 3 });
  const output = await project.succeed("stop", "--stack", stack);
  expect(output).toMatch(/\d+ deleted/);
  expect(await remainsOf(stack)).toEqual([]);
  expect(startTimeOf(pid)).toBeUndefined();
  expect(existsSync(project.path(".serf", "host", stack))).toBe(false);
  expect(await project.succeed("pulumi", "stack", "ls", "--json")).not.toContain('"e2e"');
  expect(readdirSync(project.path(".serf", "unfinished"))).toEqual([]);
  expect(await project.succeed("stop", "--stack", stack)).toContain(
    "Stack e2e does not exist here; there is nothing to remove.",
  );
  expect(withStatus(await membersIn("serf-beside-e2e-seed"), "alive")).toHaveLength(3);
});
