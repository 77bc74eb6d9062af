import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker } from "../../../../lib/host/run.ts";
import { Project, remainsOf } from "../../support/project.ts";

// The tests run in order, with one stack and with things of others that have the stack's names.

const stack = "e2e-foreign";
const config = { subnet: "172.31.229.0/24", gossipPort: 18191, rpcPort: 18192, joiners: 1 };
const [network, data, settings] = ["", "-data", "-config"].map(
  (part) => `serf-${stack}${part}`,
) as [string, string, string];

let project: Project;
let folder: string;

/** A volume as restored by a user: with other labels and options, and a file in it. */
async function restore(volume: string): Promise<void> {
  const options = ["type=none", "o=bind", `device=${folder}`].flatMap((one) => ["--opt", one]);
  await docker(["volume", "create", "--label", "backup=1", ...options, volume]);
}

const isKept = () => existsSync(join(folder, "precious"));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "serf-foreign-"));
  writeFileSync(join(folder, "precious"), "");
  project = new Project();
  project.configure(stack, config);
  await project.succeed("stop", "--yes", "--stack", stack);
});

afterAll(async () => {
  await project.remove();
  await docker(["volume", "rm", "--force", data, settings]);
  rmSync(folder, { recursive: true });
});

test("names that are taken are refused before anything is created", async () => {
  await docker(["network", "create", "--subnet", "172.31.228.0/24", network]);
  await docker(["volume", "create", settings]);
  await restore(data);
  const { code, output } = await project.run("start", "--stack", stack);
  expect(code).not.toBe(0);
  expect(output).toContain(`has a network named ${network} that does not belong to this stack`);
  expect(output).toContain(`has a volume named ${settings} that does not belong to this stack`);
  expect(output).toContain(`has a volume named ${data} that does not belong to this stack`);
  expect(await remainsOf(stack)).toEqual([]);
  await project.succeed("stop", "--stack", stack);
  await docker(["network", "rm", network]);
  await docker(["volume", "rm", settings]);
  expect(await docker(["volume", "ls", "--quiet", "--filter", `name=${data}`])).toBe(`${data}\n`);
});

test("a restored data volume is used on request, is not replaced, and is kept after the stack", async () => {
  project.configure(stack, { ...config, retainData: true });
  await project.succeed("start", "--stack", stack);
  expect(existsSync(join(folder, `serf-${stack}-seed`))).toBe(true);
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stack);
  expect(await project.succeed("drift", "--stack", stack)).toContain("nothing differs");
  project.configure(stack, config);
  expect((await project.run("start", "--stack", stack)).output).toContain("retainData true");
  await project.succeed("stop", "--stack", stack);
  expect(isKept()).toBe(true);
  await docker(["volume", "rm", data]);
});

test("a volume that was replaced by somebody else's is not removed with the stack", async () => {
  await project.succeed("start", "--stack", stack);
  await docker(["rm", "--force", `${network}-seed`, `${network}-joiner-1`], 60_000);
  await docker(["volume", "rm", data]);
  await restore(data);
  const { code, output } = await project.run("stop", "--stack", stack);
  expect(code).toBe(1);
  expect(output).toContain(`a volume named ${data} without the labels of stack ${stack}`);
  expect(isKept()).toBe(true);
  await docker(["volume", "rm", data]);
  await project.succeed("stop", "--stack", stack);
  expect(await remainsOf(stack)).toEqual([]);
});
