/** Works on the files of the embedded backend where Pulumi offers no command for it. */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { project } from "../../../lib/cluster/names.ts";
import { ownFolder } from "../../../lib/host/ownFolder.ts";

const stateFolder = join(ownFolder, "state", ".pulumi");

/** A resource in the state. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Whether it is kept when the stack is destroyed. Default: false. */
  readonly retainOnDelete?: boolean;
}

/** Whether the state is kept in the project's own folder. */
export function hasEmbeddedBackend(env: NodeJS.ProcessEnv): boolean {
  return env["PULUMI_BACKEND_URL"] === pathToFileURL(resolve(ownFolder, "state")).href;
}

/** The file with a stack's state: plain, or compressed if the user has configured that. */
export function stateFile(stack: string): string {
  const plain = join(stateFolder, "stacks", project, `${stack}.json`);
  return [plain, ...compressions.map((ending) => plain + ending)].find(existsSync) ?? plain;
}

const compressions = [".gz", ".zst"];

/** The newest of Pulumi's backups of the state that can be read and has resources. */
export async function newestBackup(stack: string): Promise<string | undefined> {
  const folder = join(stateFolder, "backups", project, stack);
  const names = await readdir(folder).catch(() => []);
  const backups = names.filter((name) => !name.endsWith(".attrs"));
  const files = [`${stateFile(stack)}.bak`, ...backups.map((name) => join(folder, name))];
  const whole = await Promise.all(
    files.map(async (file) =>
      (await hasResources(file).catch(() => false))
        ? [{ file, time: (await stat(file)).mtimeMs }]
        : [],
    ),
  );
  return whole.flat().sort((a, b) => b.time - a.time)[0]?.file;
}

async function hasResources(file: string): Promise<boolean> {
  const { checkpoint } = JSON.parse(plainText(await readFile(file))) as {
    readonly checkpoint?: { readonly latest?: { readonly resources?: readonly unknown[] } | null };
  };
  return (checkpoint?.latest?.resources ?? []).length > 0;
}

/** Detects the compression by the first bytes, as Pulumi does. */
function plainText(data: Buffer): string {
  const begin = data.subarray(0, 4).toString("hex");
  if (begin.startsWith("1f8b")) return gunzipSync(data).toString();
  return (begin === "28b52ffd" ? zstdDecompressSync(data) : data).toString();
}

/** Removes the backups that Pulumi keeps next to the state after it has removed a stack. */
export async function removeCopies(stack: string): Promise<void> {
  const folder = dirname(stateFile(stack));
  const names = await readdir(folder).catch(() => []);
  const isCopy = (name: string) => name.startsWith(`${stack}.json`) && name.includes(".bak");
  const copies = names.filter(isCopy);
  for (const name of copies) await rm(join(folder, name), { force: true });
}

/** Moves the files of a stack's state out of the backend, and returns their new folder. */
export async function putAside(stack: string): Promise<string> {
  const folder = join(ownFolder, "aside", `${stack}-${Date.now()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const from = dirname(stateFile(stack));
  // Also files that belong to the state, such as the backup that Pulumi makes before each change.
  const names = readdirSync(from).filter((name) => name.startsWith(`${stack}.json`));
  for (const name of names) await rename(join(from, name), join(folder, basename(name)));
  return folder;
}
