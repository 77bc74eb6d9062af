import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { docker } from "../../../../lib/host/run.ts";
import { membersIn, Project, remainsOf, withStatus } from "../../support/project.ts";

// The tests run in order, with the environments as configured in their files, side by side on one engine.

const environments = ["dev", "staging", "prod"] as const;
type Environment = (typeof environments)[number];

/** Names, a subnet and ports that nothing else uses; everything else is as in the file. */
const stacks: Readonly<Record<Environment, string>> = {
  dev: "env-dev",
  staging: "env-staging",
  prod: "env-prod",
};

function configOf(environment: Environment, changes: object = {}) {
  const { config } = parse(readFileSync(`Pulumi.${environment}.yaml`, "utf8")) as {
    config: Readonly<Record<string, unknown>>;
  };
  const plain = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("serf:", ""), value]),
  );
  const index = environments.indexOf(environment);
  const place = {
    subnet: `172.31.${236 + index}.0/24`,
    gossipPort: 17986 + index,
    rpcPort: 17336 + index,
  };
  return { ...plain, ...place, ...changes };
}

const seed = `serf-${stacks.prod}-seed`;
const joiner = `serf-${stacks.prod}-joiner-1`;

let project: Project;

/** The settings of an environment that may be removed completely. */
const removable = { protect: false, retainData: false };

beforeAll(async () => {
  project = new Project();
  for (const environment of environments) {
    // Remove what a killed run left.
    project.configure(stacks[environment], configOf(environment, removable));
    await project.succeed("stop", "--yes", "--stack", stacks[environment]);
    project.configure(stacks[environment], configOf(environment));
  }
});

afterAll(async () => {
  await project.run("pulumi", "state", "unprotect", "--all", "--yes", "--stack", stacks.prod);
  project.configure(stacks.prod, configOf("prod", removable));
  await project.remove();
});

async function setInProd(...keyAndValue: string[]): Promise<void> {
  await project.succeed("pulumi", "config", "set", ...keyAndValue, "--stack", stacks.prod);
}

test("prod is refused without its key, with the command that sets it", async () => {
  const { code, output } = await project.run("start", "--stack", stacks.prod);
  expect(code).not.toBe(0);
  expect(output).toContain("pulumi config set --secret gossipKey $(openssl rand -base64 32)");
  expect(await remainsOf(stacks.prod)).toEqual([]);
});

test("all three come up side by side", async () => {
  const key = Buffer.alloc(32, 5).toString("base64");
  await setInProd("--secret", "gossipKey", key);
  for (const environment of environments) {
    await project.succeed("start", "--stack", stacks[environment]);
  }
  for (const environment of environments) {
    const { joiners } = configOf(environment) as unknown as { joiners: number };
    const members = await membersIn(`serf-${stacks[environment]}-seed`);
    expect(members).toHaveLength(joiners + 2);
    expect(withStatus(members, "alive")).toHaveLength(joiners + 2);
  }
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stacks.prod);
});

test("a protected stack cannot be destroyed, and the attempt changes nothing", async () => {
  const stop = await project.run("stop", "--stack", stacks.prod);
  expect(stop.code).not.toBe(0);
  expect(stop.output).toContain(
    `npm run pulumi -- config set --stack ${stacks.prod} protect false`,
  );
  const destroy = ["destroy", "--yes", "--skip-preview", "--stack", stacks.prod];
  const plain = await project.run("pulumi", ...destroy);
  expect(plain.code).not.toBe(0);
  expect(plain.output).toContain("it is protected");
  expect(withStatus(await membersIn(seed), "alive")).toHaveLength(7);
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stacks.prod);
});

test("with retainData the agents' data is kept when the stack is destroyed", async () => {
  const snapshot = ["exec", joiner, "cat", `/var/lib/serf/${joiner}/snapshot`];
  expect(await docker(snapshot)).toContain(`alive: ${seed} 172.31.238.2:7946`);
  await docker(["exec", joiner, "sh", "-c", "echo kept > $SERF_DATA/mark"]);
  await setInProd("protect", "false");
  await project.succeed("start", "--stack", stacks.prod);
  await project.succeed("stop", "--stack", stacks.prod);
  expect(await remainsOf(stacks.prod)).toEqual([`volume serf-${stacks.prod}-data`]);
  await project.succeed("start", "--stack", stacks.prod);
  expect(await docker(["exec", joiner, "sh", "-c", "cat $SERF_DATA/mark"])).toBe("kept\n");
  await project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", stacks.prod);
});

test("without it the data is removed with the stack, and the other stacks are unaffected", async () => {
  await setInProd("retainData", "false");
  await project.succeed("start", "--stack", stacks.prod);
  await project.succeed("stop", "--stack", stacks.prod);
  expect(await remainsOf(stacks.prod)).toEqual([]);
  expect(withStatus(await membersIn(`serf-${stacks.staging}-seed`), "alive")).toHaveLength(5);
});
