import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startTimeOf } from "../../../../lib/host/startTime.mjs";
import { pause } from "../../../../lib/host/run.ts";
import { CommandStack } from "./stack.ts";

// Cases that the recorded program does not cover.

let stack: CommandStack | undefined;

afterEach(() => {
  stack?.remove();
});

/** A program with one command, which may use the configured value as `v`. */
async function make(args: string, opts = "{}"): Promise<CommandStack> {
  stack = await CommandStack.make(`
    import * as pulumi from "@pulumi/pulumi";
    import { local } from "@pulumi/command";
    const v = new pulumi.Config().get("v") ?? "1";
    new local.Command("one", ${args}, ${opts});`);
  return stack;
}

test("a cancelled command is killed with its children, and is not recorded", async () => {
  const { start, read } = methods(
    await make(`{ create: "sleep 300 & echo $! > child; echo $$ > shell; wait" }`),
  );
  const { child, ended } = start("up", "--yes", "--skip-preview");
  while (read("shell") === "") await pause(50);
  const pids = [Number(read("child")), Number(read("shell"))];
  for (const pid of pids) expect(startTimeOf(pid)).toBeDefined();
  // Twice, as a user does: after the first Ctrl-C Pulumi waits for the command.
  child.kill("SIGINT");
  await pause(500);
  child.kill("SIGINT");
  expect((await ended).code).not.toBe(0);
  const deadline = Date.now() + 5_000;
  while (pids.some((pid) => startTimeOf(pid) !== undefined) && Date.now() < deadline)
    await pause(50);
  expect(pids.map(startTimeOf)).toEqual([undefined, undefined]);
  expect(await stack!.recorded()).toEqual({});
});

function methods(made: CommandStack) {
  return { start: made.start.bind(made), read: made.read.bind(made) };
}

test("updates and deletes have the output of the last run in their environment", async () => {
  const made = await make(`{
    create: "echo made; echo hm >&2",
    update: "env | grep ^PULUMI_COMMAND_ | sort > updated; echo again",
    delete: "env | grep ^PULUMI_COMMAND_ | sort > deleted",
    environment: { V: v },
  }`);
  expect((await made.deploy("up")).code).toBe(0);
  await made.pulumi("config", "set", "v", "2");
  expect((await made.deploy("up")).code).toBe(0);
  expect(made.read("updated")).toBe("PULUMI_COMMAND_STDERR=hm\nPULUMI_COMMAND_STDOUT=made\n");
  expect((await made.deploy("destroy")).code).toBe(0);
  expect(made.read("deleted")).toBe("PULUMI_COMMAND_STDOUT=again\n");
});

test("stdin is passed to create, update and delete", async () => {
  const made = await make(`{
    create: "cat > created", update: "cat > updated", delete: "cat > deleted", stdin: v,
  }`);
  await made.deploy("up");
  await made.pulumi("config", "set", "v", "2");
  await made.deploy("up");
  await made.deploy("destroy");
  expect(["created", "updated", "deleted"].map((file) => made.read(file))).toEqual(["1", "2", "2"]);
});

test("a failed update keeps the recorded state, so that the next one runs it again", async () => {
  const made = await make(`{ create: v === "bad" ? "exit 7" : "echo " + v }`);
  await made.deploy("up");
  await made.pulumi("config", "set", "v", "bad");
  const failed = await made.deploy("up");
  expect(failed.code).not.toBe(0);
  expect(failed.shown["one"]).toContain('exit status 7: running "exit 7":');
  expect((await made.recorded())["one"]!.outputs).toMatchObject({ stdout: "1", create: "echo 1" });
  await made.pulumi("config", "set", "v", "good");
  expect((await made.deploy("up")).code).toBe(0);
  expect((await made.recorded())["one"]!.outputs).toMatchObject({ stdout: "good" });
});

test("a preview runs nothing", async () => {
  const made = await make(`{ create: "touch ran" }`);
  await made.pulumi("preview");
  expect(existsSync(join(made.dir, "ran"))).toBe(false);
  await made.deploy("up");
  expect(existsSync(join(made.dir, "ran"))).toBe(true);
});

test("a secret passed to a command is a secret in the state, under every name", async () => {
  const made = await make(
    `{
      create: "cat; echo $E",
      stdin: pulumi.secret("hush-stdin"),
      environment: { E: pulumi.secret("hush-env") },
      logging: "none",
    }`,
    `{ additionalSecretOutputs: ["stdout"] }`,
  );
  const { shown } = await made.deploy("up");
  expect(JSON.stringify(shown)).not.toContain("hush");
  expect(await made.pulumi("stack", "export")).not.toContain("hush");
});

test("a resource that the replacement does not support is refused by name", async () => {
  stack = await CommandStack.make(`
    import { remote } from "@pulumi/command";
    new remote.Command("far", { connection: { host: "127.0.0.1", port: 1 }, create: "true" });`);
  const { code, shown } = await stack.deploy("up");
  expect(code).not.toBe(0);
  expect(JSON.stringify(shown)).toMatch(/command:remote:Command|connect/);
});
