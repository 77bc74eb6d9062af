/** Runs the programs against a local server. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";
import type { GitHub } from "./server.ts";

/** What Node.js has compiled, so that a start takes a third of the time. */
const cache = resolve("node_modules/.cache/check/programs");

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a program of the folder `github`.
 *
 * @param env in the place of the variables that GitHub Actions sets.
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  github: GitHub,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const actions = {
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.name,
    GITHUB_API_URL: github.url,
  };
  const ended = await execute(name, args, { ...actions, ...env });
  if ((ended.out + ended.err).includes(github.token)) throw new Error("The token is printed.");
  return ended;
}

/** Runs a program in a folder with nothing but these variables. */
export function execute(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd = ".",
): Promise<Ended> {
  const { PATH } = process.env;
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve("github", `${name}.ts`), ...args],
      { cwd, env: { PATH, NODE_COMPILE_CACHE: cache, ...env } },
      (error, out, err) => done({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    );
  });
}

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder that ends with the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "serf-github-"));
  folders.push(folder);
  return folder;
}

/** Writes a file that ends with the tests of the file. */
export function written(name: string, text: string): string {
  const path = join(scratchFolder(), name);
  writeFileSync(path, text);
  return path;
}
