import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hasLogin } from "./pulumi.ts";

/**
 * What Pulumi needs to know of the state: nothing where the user has a backend and a passphrase of
 * their own, else a backend and a random passphrase in an ignored folder of the clone.
 */
export async function backendEnv(folder: string): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!process.env["PULUMI_BACKEND_URL"] && !hasLogin()) {
    const state = resolve(folder, "state");
    await mkdir(state, { recursive: true, mode: 0o700 });
    env["PULUMI_BACKEND_URL"] = pathToFileURL(state).href;
  }
  const own =
    process.env["PULUMI_CONFIG_PASSPHRASE"] ?? process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (own === undefined) {
    const file = resolve(folder, "passphrase");
    // Another passphrase than the lost one could not open a state that is there.
    if (!existsSync(file) && !(await hasState(folder))) await makePassphrase(file);
    env["PULUMI_CONFIG_PASSPHRASE_FILE"] = file;
  }
  return env;
}

/** Whether the folder's own backend has the state of any stack. */
async function hasState(folder: string): Promise<boolean> {
  const stacks = resolve(folder, "state", ".pulumi", "stacks");
  const files = await readdir(stacks, { recursive: true }).catch(() => []);
  return files.some((name) => name.endsWith(".json"));
}

/** Never replaces one that exists: the state could not be read any more. */
async function makePassphrase(file: string): Promise<void> {
  const partial = join(`${file}.${process.pid}`);
  await writeFile(partial, randomBytes(32).toString("base64url"), { mode: 0o600 });
  try {
    await link(partial, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(partial);
  }
}
