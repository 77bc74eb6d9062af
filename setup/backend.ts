import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hasLogin } from "./parts/pulumi.ts";

/**
 * The environment that tells Pulumi its backend and passphrase: the user's own, if set, else a backend and a
 * random passphrase in a folder of the clone that git ignores.
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
    // If there is a state but no passphrase, the passphrase was lost: a new one could not decrypt the state.
    if (!existsSync(file) && !(await hasState(folder))) await makePassphrase(file);
    env["PULUMI_CONFIG_PASSPHRASE_FILE"] = file;
  }
  // Pulumi then reads the salt from the state, so configuration files do not need it; see salt.ts.
  env["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] = "true";
  return env;
}

/**
 * Makes the user's relative paths to the backend and the passphrase absolute. They are relative to the folder
 * where the user typed the command, but npm and Pulumi run in other folders.
 */
export function placesAsTyped(env: NodeJS.ProcessEnv): Record<string, string> {
  const typedIn = env["INIT_CWD"] ?? process.cwd();
  const places: Record<string, string> = {};
  // Pulumi's syntax: `file://` alone is the current folder, `file://~` the home folder.
  const [, path] = /^file:\/\/(?![/~])(.*)$/.exec(env["PULUMI_BACKEND_URL"] ?? "") ?? [];
  if (path !== undefined) places["PULUMI_BACKEND_URL"] = `${pathToFileURL(typedIn).href}/${path}`;
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (file) places["PULUMI_CONFIG_PASSPHRASE_FILE"] = resolve(typedIn, file);
  return places;
}

/** Whether the backend in the folder has the state of any stack. */
async function hasState(folder: string): Promise<boolean> {
  const stacks = resolve(folder, "state", ".pulumi", "stacks");
  const files = await readdir(stacks, { recursive: true }).catch(() => []);
  return files.some((name) => /\.json(\.gz|\.zst)?$/.test(name));
}

/** Never replaces an existing passphrase: the state could not be read without it. */
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
