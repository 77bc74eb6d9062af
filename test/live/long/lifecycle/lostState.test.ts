import { spawn as startProcess } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startTimeOf } from "../../../../lib/host/startTime.mjs";
import { run } from "../../../../lib/host/run.ts";
import { containersOf, remainsOf } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";

// The tests run in order: the state is damaged, cannot be decrypted, and is lost.

const stack = "e2e-drift-state";
const config = { subnet: "172.31.211.0/24", gossipPort: 18101, rpcPort: 18111, joiners: 1 };
const named = (part: string) => `serf-${stack}-${part}`;
const [seed, joiner] = ["seed", "joiner-1"].map(named) as [string, string];

const project = projectWith({ [stack]: config });

/** A start finds everything unchanged, and changes nothing. */
async function repair(): Promise<void> {
  await project.succeed("start", "--stack", stack);
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
}

/** Pulumi's file with the stack's state. */
const stateFile = () =>
  project.path(".serf", "state", ".pulumi", "stacks", "serf", `${stack}.json`);

test("a damaged state is reported with the options, and works again with its backup", async () => {
  const before = await containersOf(stack);
  truncateSync(stateFile(), 1000);
  for (const command of ["start", "stop", "drift", "preview"]) {
    const { code, output } = await project.run(command, "--stack", stack);
    expect(code, command).toBe(command === "drift" ? 2 : 1);
    expect(output).toMatch(
      /state of stack e2e-drift-state is damaged: \S+e2e-drift-state\.json is not JSON/,
    );
    expect(output).toContain(`npm stop -- --stack ${stack} --yes`);
  }
  expect(await containersOf(stack)).toEqual(before);
  const { output } = await project.run("start", "--stack", stack);
  const [, from, to] = /cp (\S+) (\S+)/.exec(output)!;
  await run("cp", [project.path(from!), project.path(to!)]);
  await repair();
  expect(await containersOf(stack)).toEqual(before);
});

test("a missing or wrong passphrase is reported, and nothing is lost", async () => {
  const file = project.path(".serf", "passphrase");
  renameSync(file, `${file}.kept`);
  for (const command of ["start", "stop"]) {
    const { code, output } = await project.run(command, "--stack", stack);
    expect(code).toBe(1);
    expect(output).toMatch(/encrypted with a passphrase, and \S+\.serf\/passphrase is missing/);
  }
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, "another");
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).toBe(1);
  expect(output).toMatch(/a different passphrase from the one in \S+\.serf\/passphrase/);
  renameSync(`${file}.kept`, file);
  await repair();
});

test("with a lost state, start lists what is in the way, and stop asks before it removes that", async () => {
  const before = await remainsOf(stack);
  rmSync(project.path(".serf", "state"), { recursive: true });
  const start = await project.run("start", "--stack", stack);
  expect(start.code).toBe(1);
  for (const line of [`container ${seed}`, `network serf-${stack}`, "the host's agent, process"]) {
    expect(start.output).toContain(`  - ${line}`);
  }
  expect(start.output).toContain(`npm stop -- --stack ${stack} --yes`);
  const lost = await project.run("drift", "--json", "--stack", stack);
  expect(lost.code).toBe(1);
  expect((JSON.parse(lost.output) as { what: string }[]).map(({ what }) => what)).toContain(
    `container ${seed}`,
  );
  const unasked = await project.run("stop", "--stack", stack);
  expect(unasked.code).toBe(1);
  expect(unasked.output).toContain(`  - container ${joiner}\n`);
  expect(unasked.output).toContain("Nothing was removed.");
  expect((await answer("n")).code).toBe(1);
  expect(await remainsOf(stack)).toEqual(before);

  project.configure(stack, { ...config, protect: true });
  const refused = await project.run("stop", "--yes", "--stack", stack);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain(`Stack ${stack} is protected, and nothing was removed.`);
  expect(await remainsOf(stack)).toEqual(before);

  project.configure(stack, config);
  const agent = project.hostAgentPid(stack)!;
  expect((await answer("y")).code).toBe(0);
  expect(await remainsOf(stack)).toEqual([]);
  expect(startTimeOf(agent)).toBeUndefined();
  expect(existsSync(project.path(".serf", "host", stack))).toBe(false);
  expect(await project.succeed("stop", "--stack", stack)).toContain("there is nothing to remove");
});

/** Runs `stop` in a terminal and types this answer. */
async function answer(text: string): Promise<{ code: number; output: string }> {
  const command = `${process.execPath} setup/run.mjs cli/stop.ts --stack ${stack}`;
  const child = startProcess("script", ["-qec", command, "/dev/null"], { cwd: project.dir });
  let output = "";
  let isAnswered = false;
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
    if (isAnswered || !output.includes("[y/N]")) return;
    isAnswered = true;
    child.stdin.write(`${text}\n`);
  });
  const code = await new Promise<number>((resolve) =>
    child.once("exit", (code) => resolve(code ?? 1)),
  );
  expect(output).toContain("Remove all of it? [y/N]");
  return { code, output };
}

test("a stack with a damaged state is removed by its labels, and the state is moved away", async () => {
  await project.succeed("start", "--stack", stack);
  truncateSync(stateFile(), 1000);
  const damaged = readFileSync(stateFile(), "utf8");
  const output = await project.succeed("stop", "--yes", "--stack", stack);
  expect(await remainsOf(stack)).toEqual([]);
  const [, folder] = /The unreadable state was moved to (\S+)\./.exec(output)!;
  expect(readFileSync(project.path(folder!, `${stack}.json`), "utf8")).toBe(damaged);
  expect(await project.succeed("stop", "--stack", stack)).toContain("there is nothing to remove");
});
