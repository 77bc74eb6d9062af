import { execFileSync, spawn as startProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { docker, pause } from "../../../../lib/host/run.ts";
import { agentCommand } from "../../support/agents.ts";
import { containersOf, membersIn } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";

// The tests run in order. Each changes the cluster, checks what `drift` reports, and lets `start` repair it.

const stack = "e2e-drift";
const config = {
  subnet: "172.31.210.0/24",
  gossipPort: 18100,
  rpcPort: 18110,
  joiners: 3,
  convergenceTimeout: 40,
};
const named = (part: string) => `serf-${stack}-${part}`;
const [seed, joiner1, joiner2, joiner3] = ["seed", "joiner-1", "joiner-2", "joiner-3"].map(
  named,
) as [string, string, string, string];
const foreigner = `foreign-${stack}`;

const project = projectWith({ [stack]: config }, { isUp: false });

afterAll(async () => {
  await docker(["rm", "--force", foreigner]).catch(() => undefined);
});

interface Row {
  readonly what: string;
  readonly declared: string;
  readonly found: string;
  readonly side: string;
}

/** What `drift` must not change: containers and their start times, the host's agent, the state's bytes. */
async function everything() {
  const containers = Object.values(await containersOf(stack));
  const format = "{{.Id}} {{.State.Status}} {{.State.StartedAt}} {{json .HostConfig}}";
  const file = project.path(".serf", "state", ".pulumi", "stacks", "serf", `${stack}.json`);
  const locks = project.path(".serf", "state", ".pulumi", "locks", "organization", "serf", stack);
  return {
    containers: await docker(["inspect", "--format", format, ...containers]),
    agent: project.hostAgentPid(stack),
    state: readFileSync(file, "utf8"),
    isLocked: existsSync(locks) && execFileSync("ls", [locks], { encoding: "utf8" }),
  };
}

/** The differences as `what: found (side)`. There must be at least one. */
async function drift(): Promise<string[]> {
  const before = await everything();
  const { code, output } = await project.run("drift", "--json", "--stack", stack);
  expect(code, output).toBe(1);
  expect(await everything()).toEqual(before);
  const rows = JSON.parse(output) as Row[];
  return rows.map(({ what, found, side }) => `${what}: ${found} (${side})`);
}

async function expectNoDrift(): Promise<void> {
  const { code, output } = await project.run("drift", "--stack", stack);
  expect(output).toContain(`Stack ${stack} is as declared, nothing differs.`);
  expect(code).toBe(0);
}

/** Runs start, which repairs everything, and expects no differences after that. */
async function repair(): Promise<string> {
  const output = await project.succeed("start", "--stack", stack);
  await expectNoDrift();
  return output;
}

async function image(): Promise<string> {
  return (await docker(["inspect", "--format", "{{.Config.Image}}", seed])).trim();
}

async function key(): Promise<string> {
  const [first] = JSON.parse(await docker(["exec", seed, "cat", "/run/serf/keyring"])) as string[];
  return first!;
}

/** Waits until the seed sees a member with this status, or not at all. */
async function until(name: string, status: string | undefined): Promise<void> {
  const deadline = Date.now() + 40_000;
  const find = async () =>
    (await membersIn(seed).catch(() => [])).find((member) => member.name === name)?.status;
  while ((await find()) !== status && Date.now() < deadline) await pause(200);
  expect(await find()).toBe(status);
}

test("drift fails when there is no such stack", async () => {
  const { code, output } = await project.run("drift", "--stack", stack);
  expect(code).toBe(2);
  expect(output).toContain(`error: Stack ${stack} is not up; \`npm start -- --stack ${stack}\``);
});

test("drift finds no differences after a start, and changes nothing", async () => {
  await project.succeed("start", "--stack", stack);
  const before = await everything();
  await expectNoDrift();
  expect(await everything()).toEqual(before);
});

test("drift fails without an engine", async () => {
  process.env["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
  try {
    const { code, output } = await project.run("drift", "--stack", stack);
    expect(code).toBe(2);
    expect(output).toMatch(/^error: DOCKER_HOST is unix:\S+, but no Docker engine answers there/);
  } finally {
    delete process.env["DOCKER_HOST"];
  }
});

test("containers stopped, removed and edited, the host's agent killed, the configuration changed", async () => {
  process.kill(project.hostAgentPid(stack)!, "SIGKILL");
  await docker(["rm", "--force", joiner1]);
  await docker(["stop", joiner2], 20_000);
  await docker(["update", "--memory", "64m", "--memory-swap", "64m", joiner3]);
  await docker(["update", "--restart", "no", seed]);
  await until(named("host"), "failed");
  project.configure(stack, { ...config, tags: { zone: "north" } });
  const found = await drift();
  expect(found).toEqual(
    expect.arrayContaining([
      "Command storage: as the last `up` left it (configuration)",
      `container ${joiner1}: removed (engine)`,
      `container ${joiner2}: exited (engine)`,
      `container ${joiner3}: memory: 64 MiB (engine)`,
      `container ${joiner3}: memory with swap: 64 MiB (engine)`,
      `container ${seed}: restart policy: no (engine)`,
      `host's agent ${named("host")}: dead (engine)`,
      // Two of five members were killed just before, so the message that it is leaving may have been lost.
      expect.stringMatching(`^member ${joiner2}: (left|failed) \\(membership\\)$`),
      `member ${named("host")}: failed (membership)`,
    ]),
  );
  expect(found.filter((row) => row.includes("(state)"))).toEqual([]);
  const output = await repair();
  expect(output).toContain(
    `${joiner3} will be recreated: memory is 64 MiB instead of 128 MiB; memory with swap is 64 MiB`,
  );
  const memory = ["inspect", "--format", "{{.HostConfig.Memory}}", joiner3];
  expect((await docker(memory)).trim()).toBe(String(128 * 2 ** 20));
  project.configure(stack, config);
});

test("containers paused, disconnected, hung, and one replaced by another", async () => {
  await docker(["pause", joiner1]);
  await docker(["network", "disconnect", `serf-${stack}`, joiner2]);
  const pid = (await docker(["inspect", "--format", "{{.State.Pid}}", joiner3])).trim();
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  process.kill(Number(children.trim().split(" ")[0]), "SIGSTOP");
  await until(joiner3, "failed");
  const labels = await docker([
    "inspect",
    "--format",
    "{{range $name, $value := .Config.Labels}}--label={{$name}}={{$value}} {{end}}",
    seed,
  ]);
  const of = await image();
  await docker(["rm", "--force", seed]);
  await docker([
    ...["run", "--detach", "--name", seed, ...labels.trim().split(" ")],
    ...["--network", `serf-${stack}`, "--ip", "172.31.210.2"],
    ...["--volume", `${named("config")}:/etc/serf/config:ro`],
    ...["--volume", `${named("data")}:/var/lib/serf`, of],
    ...agentCommand({ name: seed, address: "172.31.210.2", group: "seed" }),
  ]);
  // A new seed knows only the members that others tell it about.
  await until(named("host"), "alive");
  expect(await drift()).toEqual(
    expect.arrayContaining([
      `container ${seed}: another container with that name (engine)`,
      `container ${joiner1}: paused (engine)`,
      `container ${joiner2}: networks: none (engine)`,
      `container ${joiner3}: agent: not answering (engine)`,
    ]),
  );
  await repair();
  expect(await docker(["port", seed])).toContain("127.0.0.1:18100");
});

/** Changes keys on every member. Repeats the request if a member did not get it. */
async function tellAll(command: string, which: string): Promise<void> {
  const tell = () => docker(["exec", seed, "serf", "keys", command, which], 20_000);
  await tell().catch(tell).catch(tell);
}

test("gossip keys that differ: the cluster's, the file's, one member's", async () => {
  const declared = await key();
  const [other, third] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64"));
  for (const [command, which] of [
    ["-install", other],
    ["-use", other],
    ["-remove", declared],
  ] as const) {
    await tellAll(command, which!);
  }
  const rotated = await project.run("drift", "--stack", stack);
  expect(rotated.output).toMatch(/^WHAT +DECLARED +FOUND +SIDE$/m);
  expect(rotated.output).toMatch(/^gossip key +on all 5 members +on 0 +membership$/m);
  expect(rotated.output).toMatch(/^another gossip key +on no member +on 5 of 5 +membership$/m);
  // The keys must not appear in the output.
  for (const secret of [declared, other!]) expect(rotated.output).not.toContain(secret);
  await repair();
  expect(await key()).toBe(declared);

  const write = `printf '["%s"]' ${third!} > /c/keyring`;
  const volume = ["--user", "root", "--volume", `${named("config")}:/c`, "--entrypoint", "sh"];
  await docker(["run", "--rm", ...volume, await image(), "-c", write]);
  await docker(["restart", joiner2], 20_000);
  await until(joiner2, "left");
  expect(await drift()).toEqual([
    `container ${joiner2}: gossip key: another (engine)`,
    `file keyring in ${named("config")}: changed (engine)`,
    `member ${joiner2}: left (membership)`,
  ]);
  await repair();
  expect(await key()).toBe(declared);
});

test("unexpected members: a container is disconnected, one elsewhere is reported, a failed one is removed", async () => {
  const common = [`-encrypt=${await key()}`];
  await docker([
    ...["run", "--detach", "--name", foreigner, "--network", `serf-${stack}`],
    ...["--entrypoint", "/usr/local/libexec/serf", await image()],
    ...["agent", "-node=foreigner", "-join=172.31.210.2", ...common],
  ]);
  const guest = startProcess(project.path(".serf", "host", stack, "serf-binary"), [
    ...["agent", "-node=guest", "-bind=172.31.210.1:18105", "-rpc-addr=127.0.0.1:18106"],
    ...["-join=127.0.0.1:18100", ...common],
  ]);
  const before = await containersOf(stack);
  try {
    await until("foreigner", "alive");
    await until("guest", "alive");
    expect(await drift()).toEqual([
      expect.stringMatching(/^member foreigner: alive at 172\.31\.210\.\d+ \(membership\)$/),
      "member guest: alive at 172.31.210.1 (membership)",
    ]);
    project.configure(stack, { ...config, convergenceTimeout: 10 });
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toContain(
      `The container ${foreigner}, which had joined as foreigner but does not belong to this stack, was disconnected`,
    );
    expect(output).toContain("guest at 172.31.210.1: not part of this stack");
    expect(output).toContain("Stop that agent on its host");
  } finally {
    guest.kill("SIGKILL");
  }
  project.configure(stack, config);
  await until("guest", "failed");
  await repair();
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  expect(await containersOf(stack)).toEqual(before);
  const names = (await membersIn(seed)).map(({ name }) => name);
  for (const gone of ["foreigner", "guest"]) expect(names).not.toContain(gone);
  expect(await docker(["inspect", "--format", "{{.State.Running}}", foreigner])).toBe("true\n");
});
