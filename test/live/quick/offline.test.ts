import { existsSync, readdirSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "../../../lib/host/run.ts";
import { containersOf, remainsOf } from "../support/project.ts";
import { projectWith } from "../support/stack.ts";

// Reviews without an engine: a preview compares the configuration with the state only.

const stack = "e2e-offline";
const config = {
  subnet: "172.31.218.0/24",
  gossipPort: 18180,
  rpcPort: 18190,
  joiners: 1,
  convergenceTimeout: 120,
};

const project = projectWith({ [stack]: config });
/** Accepts connections, but never answers. */
let silent: Server;
const sockets = new Set<Socket>();

beforeAll(() => {
  silent = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

/** Runs a command of the project with the docker client's variables set to an engine. */
async function withEngine(host: string, name: string, ...args: string[]): Promise<string> {
  process.env["DOCKER_HOST"] = host;
  try {
    return await project.succeed(name, ...args, "--stack", stack);
  } finally {
    delete process.env["DOCKER_HOST"];
  }
}

const silentPort = () => (silent.address() as { readonly port: number }).port;

describe.each<[string, () => string, RegExp]>([
  ["is absent", () => "unix:///nowhere/docker.sock", /ENOENT/],
  ["refuses", () => "tcp://127.0.0.1:9", /ECONNREFUSED/],
  ["hangs", () => `tcp://127.0.0.1:${silentPort()}`, /did not answer in time/],
  ["is not reached by SSH", () => "ssh://nobody@127.0.0.1:1", /ssh/i],
])("where the engine %s", (_, host, reason) => {
  test("a preview without changes shows none, and warns once that it did not look at the engine", async () => {
    const output = await withEngine(host(), "preview");
    expect(output).toMatch(/\d+ unchanged/);
    expect(output).not.toMatch(/to (create|update|replace|delete)/);
    const warnings = output.match(/^ +warning: .*$/gm) ?? [];
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`DOCKER_HOST is ${host()}, but no Docker engine answers there`);
    expect(warnings[0]).toMatch(reason);
  });

  test("Pulumi's own command shows only what the configuration changes", async () => {
    project.configure(stack, { ...config, joiners: 2 });
    try {
      const output = await withEngine(host(), "pulumi", "preview");
      expect(output).toMatch(/\+ +docker:index:Container joiner-2 create/);
      expect(output).toMatch(/\+ 1 to create\n/);
      expect(output).not.toMatch(/to (replace|delete)/);
    } finally {
      project.configure(stack, config);
    }
  });
});

test("--offline does not look at the engine, although that would show more", async () => {
  const { [`serf-${stack}-joiner-1`]: joiner } = await containersOf(stack);
  await docker(["stop", joiner!], 30_000);
  expect(await project.succeed("preview", "--stack", stack)).toMatch(/Container joiner-1 replace/);
  const output = await project.succeed("preview", "--offline", "--stack", stack);
  expect(output).toMatch(/\d+ unchanged/);
  expect(output).not.toMatch(/to replace|warning/);
});

test("an `up` fails without an engine, and names the engine", async () => {
  process.env["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
  try {
    const { code, output } = await project.run("pulumi", "up", "--yes", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toContain("DOCKER_HOST is unix:///nowhere/docker.sock, but no Docker engine");
  } finally {
    delete process.env["DOCKER_HOST"];
  }
});

test("a preview of a stack that does not exist shows its creation, and does not create it", async () => {
  const other = "e2e-offline-none";
  project.configure(other, { ...config, subnet: "172.31.219.0/24", gossipPort: 18181 });
  process.env["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
  try {
    const output = await project.succeed("preview", "--stack", other);
    expect(output).toMatch(/\+ +docker:index:Container joiner-1 create/);
  } finally {
    delete process.env["DOCKER_HOST"];
  }
  const folder = project.path(".serf", "state", ".pulumi", "stacks", "serf");
  expect(existsSync(folder) && readdirSync(folder).some((name) => name.includes(other))).toBe(
    false,
  );
  expect(await remainsOf(other)).toEqual([]);
});

describe("a review", () => {
  const file = () => project.path("review.md");
  const review = (...options: string[]) =>
    project.run("preview", "--offline", ...options, "--markdown", file(), "--stack", stack);

  test("says what happens to the members", async () => {
    project.configure(stack, { ...config, joiners: 2, limits: { memory: 96 }, maxUnavailable: 1 });
    const { code, output } = await review("--summary");
    expect(code, output).toBe(0);
    const verdict =
      /^1 member joins, 2 members are replaced, .*; at most 1 of 3 is down at a time\.$/m;
    expect(output).toMatch(verdict);
    expect(project.read("review.md")).toContain(`| serf-${stack}-joiner-2 | joins | step 1 |`);
    expect(project.read("review.md")).toContain(`| serf-${stack}-seed | is replaced | step 3 |`);
  });

  test("of a preview that fails says why", async () => {
    project.configure(stack, { ...config, joiners: "many" });
    const { code, output } = await review();
    expect(code).toBe(1);
    expect(output).toContain('joiners is "many"');
    expect(project.read("review.md")).toMatch(/\*\*The preview failed[^]*joiners is "many"/);
    project.configure(stack, config);
  });
});
