import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hasLogin } from "./parts/pulumi.ts";

/**
 * What Pulumi needs to know of the state: where the user has a backend and a passphrase of their own, these,
 * else a backend and a random passphrase in an ignored folder of the clone.
 */
export async function backendEnv(folder: string): Promise<Record<string, string>> {
  const env = placesAsTyped(process.env);
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
  // The salt that a state was encrypted with is in the state: configuration files can do without, see salt.ts.
  env["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] = "true";
  return env;
}

/**
 * The user's places for the state and the passphrase that are relative, as absolute ones: they mean the folder
 * in which the command was typed, while npm and Pulumi work in others.
 */
export function placesAsTyped(env: NodeJS.ProcessEnv): Record<string, string> {
  const typedIn = env["INIT_CWD"] ?? process.cwd();
  const places: Record<string, string> = {};
  // As Pulumi takes it: nothing stands for the folder itself, ~ for the home.
  const [, path] = /^file:\/\/(?![/~])(.*)$/.exec(env["PULUMI_BACKEND_URL"] ?? "") ?? [];
  if (path !== undefined) places["PULUMI_BACKEND_URL"] = `${pathToFileURL(typedIn).href}/${path}`;
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (file) places["PULUMI_CONFIG_PASSPHRASE_FILE"] = resolve(typedIn, file);
  return places;
}

/** Whether the folder's own backend has the state of any stack. */
async function hasState(folder: string): Promise<boolean> {
  const stacks = resolve(folder, "state", ".pulumi", "stacks");
  const files = await readdir(stacks, { recursive: true }).catch(() => []);
  return files.some((name) => /\.json(\.gz|\.zst)?$/.test(name));
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
