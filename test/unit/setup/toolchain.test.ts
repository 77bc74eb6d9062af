import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "serf-home-"));
});

afterEach(() => rmSync(home, { recursive: true }));

/** Runs a command as on a machine that has only Node.js. */
function onBareMachine(command: string, args: readonly string[], install: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`cli/${command}.ts`, ...args], {
    env: { HOME: home, XDG_CACHE_HOME: home, PATH: home, SERF_INSTALL: install },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test.each([
  [
    "setup",
    [],
    /^error: No Docker engine answers\. Start one, or install it: https:\S+ Nothing was installed, since SERF_INSTALL/,
  ],
  ["setup", ["--no-engine"], /^error: Pulumi is not installed: .*`pulumi plugin install resource/],
  [
    "start",
    [],
    /^error: Pulumi is not installed: .* Nothing was installed, since SERF_INSTALL is no\.$/m,
  ],
  ["preview", ["--offline"], /^error: Pulumi is not installed: /],
] as const)("with SERF_INSTALL=no %s %j says what is missing", (command, args, sentence) => {
  const { status, stderr } = onBareMachine(command, args, "no");
  expect(stderr).toMatch(sentence);
  expect(status).toBe(1);
  expect(readdirSync(home)).toEqual([]);
});

test("another value of SERF_INSTALL is refused", () => {
  const { status, stderr } = onBareMachine("setup", ["--no-engine"], "never");
  expect(stderr).toBe('error: SERF_INSTALL is "never", allowed is yes or no\n');
  expect(status).toBe(1);
  expect(existsSync(join(home, "serf-cluster"))).toBe(false);
});
