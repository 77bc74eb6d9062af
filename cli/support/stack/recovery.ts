/** Cleans up after an interrupted run, so that the next one can work. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { ownFolder } from "../../../lib/host/ownFolder.ts";
import { startTimeOf } from "../../../lib/host/startTime.mjs";
import type { StackPlace } from "./arguments.ts";
import {
  describeLeftovers,
  findLeftovers,
  inTheWay,
  keepsData,
  removeLeftovers,
} from "./leftovers.ts";
import { recordedThings } from "./recorded.ts";
import type { StackSettings } from "./settings.ts";
import { runPulumi } from "./stack.ts";
import { hasEmbeddedBackend, type RecordedResource } from "./stateFiles.ts";

/** A file that exists while an `up` is running. If the `up` fails or is killed, the file stays. */
export function unfinishedMark(stack: string): string {
  return join(ownFolder, "unfinished", stack);
}

/** Marks the stack as being changed. */
export async function begin(stack: string): Promise<void> {
  await mkdir(join(ownFolder, "unfinished"), { recursive: true });
  await writeFile(unfinishedMark(stack), "");
}

/** Removes the mark after a successful run. */
export async function finish(stack: string): Promise<void> {
  await rm(unfinishedMark(stack), { force: true });
}

/**
 * Releases the lock of a run that died. Removes what an unfinished `up` created but did not record, and
 * containers with the stack's labels that are not in the state.
 *
 * @returns the IDs in the state.
 * @throws UserError when another run is working on the stack.
 */
export async function recover(
  stack: string,
  { env, settings }: Omit<StackPlace, "state">,
  resources: readonly RecordedResource[],
): Promise<Set<string>> {
  const isEmbedded = hasEmbeddedBackend(env);
  if (isEmbedded && (await deadLocks(stack)).length > 0) {
    console.log(`Releasing the lock of an earlier run on stack ${stack} that was interrupted.`);
    await runPulumi(["cancel", "--yes", "--stack", stack], env);
  }
  const recorded = recordedThings(resources);
  const isDataKept = keepsData(settings, resources);
  if (existsSync(unfinishedMark(stack))) {
    await removeLeftovers(
      stack,
      await findLeftovers(stack, isDataKept, recorded, settings.engines),
    );
  } else if (isEmbedded && recorded.size > 0) {
    // Not with a shared backend: there another run may be creating them right now.
    const { containers } = await findLeftovers(stack, isDataKept, recorded, settings.engines);
    const swarm = { services: [], secrets: [], configs: [] };
    const { engines } = settings;
    const none = { engines, networks: [], volumes: [], images: [], swarm, agent: undefined };
    await removeLeftovers(stack, { ...none, containers });
  }
  return recorded;
}

/** Whether the state was lost: it has no resources, but no `up` was interrupted either. */
export function isLost(stack: string, recorded: ReadonlySet<string>): boolean {
  return recorded.size === 0 && !existsSync(unfinishedMark(stack));
}

/**
 * Refuses to create a stack while things of another one with the same name are in the way.
 *
 * @throws UserError that lists them.
 */
export async function refuseLeftovers(stack: string, settings: StackSettings): Promise<void> {
  const everything = await findLeftovers(stack, keepsData(settings), new Set(), settings.engines);
  const found = describeLeftovers(inTheWay(everything));
  if (found.length === 0) return;
  throw new UserError(
    `Stack ${stack} is not in the state, but these have its labels:\n` +
      `${found.map((line) => `  - ${line}`).join("\n")}\n` +
      "They are in the way, so nothing was created. If the state was lost, restore it, or remove them: " +
      `\`npm stop -- --stack ${stack} --yes\`. If another clone of the project created them, give this stack ` +
      "another name.",
  );
}

/**
 * The lock files of Pulumi's file backend. Each names the process that holds it.
 *
 * @returns the files whose process is gone.
 * @throws UserError when one of the processes is still running.
 */
export async function deadLocks(stack: string): Promise<string[]> {
  const folder = join(ownFolder, "state", ".pulumi", "locks", "organization", project, stack);
  const files = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => "{}");
    const { pid } = JSON.parse(text) as { pid?: number };
    if (pid !== undefined && isPulumi(pid)) {
      throw new UserError(
        `Another run (process ${pid}) is working on stack ${stack}. Wait until it ends and try again.`,
      );
    }
  }
  return files;
}

/** Whether a process that may hold a lock is running. The pid of a dead run may belong to another program. */
function isPulumi(pid: number): boolean {
  if (startTimeOf(pid) === undefined) return false;
  const file = `/proc/${pid}/cmdline`;
  return !existsSync(file) || readFileSync(file, "utf8").includes("pulumi");
}
