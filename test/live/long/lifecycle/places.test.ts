import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker, run } from "../../../../lib/host/run.ts";
import { containersOf, Project, remainsOf } from "../../support/project.ts";

// Places and forms in which users may have the configuration, the state and the clone.

const stack = "e2e-places";
const other = "e2e-places-renamed";
const config = { subnet: "172.31.212.0/24", gossipPort: 18121, rpcPort: 18131, joiners: 1 };
const file = `Pulumi.${stack}.yaml`;
/** Written by hand: without prefixes, with a merge key, numbers and comments. */
const text = `# Ours.
base: &base { retainData: true } # for all
config:
  <<: *base
  subnet: ${config.subnet}
  serf:gossipPort:   ${config.gossipPort}
  rpcPort: ${config.rpcPort}
  joiners: 1
`;

let project: Project;

beforeAll(async () => {
  project = new Project();
  project.configure(stack, config);
  await project.succeed("stop", "--yes", "--stack", stack);
});

afterAll(async () => {
  project.variables = {};
  await project.remove();
  await docker(["volume", "rm", "--force", `serf-${stack}-data`]);
});

async function expectNoChange(): Promise<void> {
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
}

test("the commands read a file without prefixes as Pulumi does: the data is kept", async () => {
  project.write(file, text);
  await project.succeed("start", "--stack", stack);
  await project.succeed("stop", "--stack", stack);
  expect(await remainsOf(stack)).toEqual([`volume serf-${stack}-data`]);
  await project.succeed("start", "--stack", stack);
  expect(await project.succeed("drift", "--stack", stack)).toContain("nothing differs");
});

test.each([
  ["after the command", ["preview", `-s=${stack}`]],
  ["before it", ["--non-interactive", "-v=1", "preview", `-s${stack}`]],
])("Pulumi gets its options unchanged, and the file stays as it was: %s", async (_, args) => {
  const output = await project.succeed("pulumi", ...args);
  expect(output).toContain(`Previewing update (${stack})`);
  expect(output).toMatch(/\d+ unchanged/);
  expect(project.read(file)).toBe(text);
});

test("a saved plan is applied by another run", async () => {
  const named = ["--stack", stack];
  await project.succeed("pulumi", "preview", "--save-plan=plan.json", ...named);
  await project.succeed("pulumi", "up", "--yes", "--skip-preview", "--plan=plan.json", ...named);
  expect(project.read(file)).toBe(text);
});

test("an option that npm has taken is reported, and nothing is done", async () => {
  const before = await containersOf(stack);
  const stop = promisify(execFile)("npm", ["stop", `--stack=${stack}`], { cwd: project.dir });
  const { stderr } = (await stop.catch((error: unknown) => error)) as { stderr: string };
  expect(stderr).toContain(`\`npm stop -- --stack ${stack}\``);
  expect(await containersOf(stack)).toEqual(before);
});

test("a moved clone keeps working, also when the key is rotated", async () => {
  const keyring = () => readFileSync(project.path(".serf", "host", stack, "keyring"), "utf8");
  const [pid, before] = [project.hostAgentPid(stack), keyring()];
  project.moveTo(`${project.dir}-moved`);
  expect(await project.succeed("drift", "--stack", stack)).toContain("nothing differs");
  await project.succeed("rotateKey", "--stack", stack);
  expect(keyring()).not.toBe(before);
  expect(project.hostAgentPid(stack)).toBe(pid);
  await expectNoChange();
});

test("a stack renamed while it is up is reported, and works again when it is renamed back", async () => {
  const before = await containersOf(stack);
  await project.succeed("pulumi", "stack", "rename", other, "--stack", stack);
  for (const command of ["start", "preview", "drift", "rotateKey"]) {
    const { code, output } = await project.run(command, "--stack", other);
    expect(code, command).toBe(command === "drift" ? 2 : 1);
    expect(output).toContain(`Stack ${other} was called ${stack}`);
  }
  await project.succeed("pulumi", "stack", "rename", stack, "--stack", other);
  await expectNoChange();
  expect(await containersOf(stack)).toEqual(before);
});

test("a renamed stack can be destroyed under its new name as well", async () => {
  project.configure(stack, config);
  await project.succeed("start", "--stack", stack);
  await project.succeed("pulumi", "stack", "rename", other, "--stack", stack);
  await project.succeed("stop", "--stack", other);
  expect(await remainsOf(stack)).toEqual([]);
  expect(readdirSync(project.path(".serf"))).not.toContain("host");
});

test("a compressed state is read, and replaced by its backup when it is damaged", async () => {
  project.configure(stack, config);
  project.variables = { PULUMI_DIY_BACKEND_GZIP: "true" };
  await project.succeed("start", "--stack", stack);
  await project.succeed("start", "--stack", stack);
  const state = project.path(".serf/state/.pulumi/stacks/serf", `${stack}.json.gz`);
  truncateSync(state, 500);
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).toBe(1);
  expect(output).toContain(`state of stack ${stack} is damaged`);
  const [, from, to] = /cp (\S+) (\S+)/.exec(output)!;
  await run("cp", [project.path(from!), project.path(to!)]);
  await project.succeed("start", "--stack", stack);
  await expectNoChange();
  await project.succeed("stop", "--stack", stack);
  expect(await remainsOf(stack)).toEqual([]);
});

test("relative paths of state and passphrase start from the folder where the command was typed", async () => {
  const folder = project.path("somewhere");
  mkdirSync(`${folder}/mystate`, { recursive: true });
  writeFileSync(`${folder}/pass.txt`, "secret");
  project.variables = {
    INIT_CWD: folder,
    PULUMI_BACKEND_URL: "file://./mystate",
    PULUMI_CONFIG_PASSPHRASE_FILE: "./pass.txt",
  };
  await project.succeed("start", "--stack", stack);
  expect(readdirSync(`${folder}/mystate/.pulumi/stacks/serf`)).toContain(`${stack}.json`);
  await expectNoChange();
  writeFileSync(`${folder}/pass.txt`, "another");
  const { output } = await project.run("start", "--stack", stack);
  expect(output).toContain(`a different passphrase from the one in ${folder}/pass.txt`);
  writeFileSync(`${folder}/pass.txt`, "secret");
  await project.succeed("stop", "--stack", stack);
  expect(await remainsOf(stack)).toEqual([]);
});
