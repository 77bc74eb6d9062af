import { appendFileSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { docker, pause, run } from "../../../../lib/host/run.ts";
import { killTree } from "../../support/killTree.ts";
import { containersOf, membersIn, remainsOf, withStatus } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";

const stack = "e2e-faults";
const config = { subnet: "172.31.249.0/24", gossipPort: 17966, rpcPort: 17393, joiners: 2 };
const seed = "serf-e2e-faults-seed";

const project = projectWith({ [stack]: config }, { isUp: false });

async function expectCluster(): Promise<void> {
  await project.succeed("start", "--stack", stack);
  const expected = ["host", "joiner-1", "joiner-2", "seed"].map((part) => `serf-${stack}-${part}`);
  expect(withStatus(await membersIn(seed), "alive").sort()).toEqual(expected);
  const seenByHost = await project.membersOnHost(stack, config.rpcPort);
  expect(withStatus(seenByHost, "alive").sort()).toEqual(expected);
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
}

async function expectNothingAfterStop(...args: string[]): Promise<void> {
  await project.succeed("stop", ...args, "--stack", stack);
  expect(await remainsOf(stack)).toEqual([]);
}

/** Starts an `up` and returns when the seed exists on the engine. */
async function startUntilSeed() {
  const running = project.start("start", "--stack", stack);
  const deadline = Date.now() + 60_000;
  while ((await containersOf(stack))[seed] === undefined && Date.now() < deadline) await pause(20);
  expect(await containersOf(stack)).toHaveProperty(seed);
  return running;
}

/** Starts an `up` and returns when a volume of the stack exists, which is before any container does. */
async function startUntilVolume() {
  const running = project.start("start", "--stack", stack);
  const deadline = Date.now() + 60_000;
  const volumes = () => docker(["volume", "ls", "--quiet", "--filter", `name=serf-${stack}-`]);
  while ((await volumes()) === "" && Date.now() < deadline) await pause(20);
  return running;
}

/** The message of a start that must fail without creating anything. */
async function refusal(before: readonly string[] = []): Promise<string> {
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).not.toBe(0);
  expect(await remainsOf(stack)).toEqual(before);
  return output;
}

test("a gossip port that is in use is reported before anything is created", async () => {
  const tcp = createServer();
  await new Promise<void>((resolve) => tcp.listen(config.gossipPort, "127.0.0.1", resolve));
  const output = await refusal();
  await new Promise((resolve) => tcp.close(resolve));
  expect(output).toContain("gossipPort is 17966, but TCP port 17966 on 127.0.0.1 is in use");

  const udp = createSocket("udp4");
  await new Promise<void>((resolve) => udp.bind(config.gossipPort, "127.0.0.1", resolve));
  expect(await refusal()).toContain("but UDP port 17966 on 127.0.0.1 is in use; choose another");
  await new Promise<void>((resolve) => udp.close(resolve));
});

test("a subnet that overlaps a network on the engine is reported before anything is created", async () => {
  const network = `${stack}-obstacle`;
  await docker(["network", "create", "--subnet", "172.31.249.128/25", network]);
  try {
    expect(await refusal()).toContain(
      `subnet is 172.31.249.0/24, which overlaps the Docker network ${network} (172.31.249.128/25)`,
    );
  } finally {
    await docker(["network", "rm", network]);
  }
});

test("an engine that does not answer is reported, with what can be done", async () => {
  process.env["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
  try {
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /error: DOCKER_HOST is unix:\/\/\/nowhere\/docker\.sock, but no Docker engine answers .* Start that engine/,
    );
  } finally {
    delete process.env["DOCKER_HOST"];
  }
});

test("a failed image build is reported, and the next start repairs it", async () => {
  const file = project.path("docker", "Dockerfile");
  copyFileSync(file, `${file}.whole`);
  appendFileSync(file, "\nRUN echo the handler is broken >&2; exit 9\n");
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).not.toBe(0);
  expect(output).toMatch(/exit code: 9|returned a non-zero code: 9/);
  copyFileSync(`${file}.whole`, file);
  rmSync(`${file}.whole`);
  await expectCluster();
  await expectNothingAfterStop();
});

test("a name that is taken by another container is reported before anything is created", async () => {
  const taken = `serf-${stack}-joiner-2`;
  const image = (await docker(["image", "ls", "--format", "{{.ID}}"])).split("\n")[0]!;
  await docker(["create", "--name", taken, "--network", "none", image, "true"]);
  try {
    expect(await refusal([`named ${taken}`])).toContain(
      `the engine has a container named ${taken} that does not belong to this stack, which needs the name`,
    );
  } finally {
    await docker(["rm", taken]);
  }
});

test("a joiner that cannot be created is reported, and created by the next start", async () => {
  // The name is taken after the preflight check.
  const taken = `serf-${stack}-joiner-2`;
  const image = (await docker(["image", "ls", "--format", "{{.ID}}"])).split("\n")[0]!;
  const running = await startUntilVolume();
  await docker(["create", "--name", taken, "--network", "none", image, "true"]);
  try {
    const { code, output } = await running.ended;
    expect(code).not.toBe(0);
    expect(output).toContain(`The container name "/${taken}" is already in use`);
  } finally {
    await docker(["rm", taken]);
  }
  await expectCluster();
  await expectNothingAfterStop();
});

test("the next start continues after a start was killed with all its children", async () => {
  const { child, ended } = await startUntilSeed();
  await killTree(child.pid!, "SIGKILL");
  await ended;
  await expectCluster();
  await expectNothingAfterStop();
});

test("a start that is killed while it adds joiners does not affect the others", async () => {
  await expectCluster();
  const before = await containersOf(stack);
  project.configure(stack, { ...config, joiners: 6 });
  const running = project.start("start", "--stack", stack);
  const deadline = Date.now() + 60_000;
  while (Object.keys(await containersOf(stack)).length === 3 && Date.now() < deadline) {
    await pause(20);
  }
  await killTree(running.child.pid!, "SIGKILL");
  await running.ended;
  expect(Object.keys(await containersOf(stack)).length).toBeGreaterThan(3);
  project.configure(stack, config);
  await expectCluster();
  expect(await containersOf(stack)).toEqual(before);
  await expectNothingAfterStop();
});

test("the next start continues after a start was interrupted with Ctrl-C", async () => {
  const { child, ended } = await startUntilSeed();
  await killTree(child.pid!, "SIGINT");
  expect((await ended).code).not.toBe(0);
  await expectCluster();
});

test("two starts at the same time result in one cluster", async () => {
  await expectNothingAfterStop();
  const both = [await startUntilSeed(), project.start("start", "--stack", stack)];
  const results = await Promise.all(both.map(({ ended }) => ended));
  expect(results[0]!.code, results[0]!.output).toBe(0);
  if (results[1]!.code !== 0) {
    expect(results[1]!.output).toMatch(
      /error: Another run \(process \d+\) is working on stack e2e-faults\. Wait until it ends/,
    );
  }
  await expectCluster();
});

test("stop works when the containers are already gone", async () => {
  await docker(["rm", "--force", ...Object.values(await containersOf(stack))]);
  await expectNothingAfterStop();
});

test("stop works when the state is lost", async () => {
  await expectCluster();
  rmSync(project.path(".serf", "state"), { recursive: true });
  await expectNothingAfterStop("--yes");
});

test.runIf(process.getuid?.() === 0)(
  "a full disk is reported, and freeing space for the state repairs it",
  async () => {
    const state = project.path(".serf", "state");
    mkdirSync(state, { recursive: true });
    await run("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", state]);
    try {
      const { code, output } = await project.run("start", "--stack", stack);
      expect(code).not.toBe(0);
      expect(output).toMatch(/no space left on device/);
      await run("mount", ["-o", "remount,size=32m", state]);
      await expectCluster();
      await expectNothingAfterStop();
    } finally {
      await run("umount", ["--lazy", state]);
    }
  },
);
