/** Mends what an interrupted run left, so that the next one can do its work. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { ownFolder } from "../../../lib/host/ownFolder.ts";
import { startTimeOf } from "../../../lib/host/startTime.mjs";
import type { StackPlace } from "./arguments.ts";
import { describeLeftovers, findLeftovers, inTheWay, removeLeftovers } from "./leftovers.ts";
import { recordedThings } from "./recorded.ts";
import type { StackSettings } from "./settings.ts";
import { runPulumi } from "./stack.ts";
import { hasEmbeddedBackend, type RecordedResource } from "./stateFiles.ts";

/** A file that stands while an `up` is under way, and stays where that did not come to a good end. */
export function unfinishedMark(stack: string): string {
  return join(ownFolder, "unfinished", stack);
}

/** Notes that the stack is being changed. */
export async function begin(stack: string): Promise<void> {
  await mkdir(join(ownFolder, "unfinished"), { recursive: true });
  await writeFile(unfinishedMark(stack), "");
}

/** Notes that the stack was brought to a good end. */
export async function finish(stack: string): Promise<void> {
  await rm(unfinishedMark(stack), { force: true });
}

/**
 * Removes the lock of a run that died, what an unfinished `up` made without recording it, and containers
 * that somebody has put in the place of recorded ones.
 *
 * @returns the IDs and names that the state knows.
 * @throws UserError when another run is at work on the stack.
 */
export async function recover(
  stack: string,
  { env, settings }: Omit<StackPlace, "state">,
  resources: readonly RecordedResource[],
): Promise<Set<string>> {
  const isEmbedded = hasEmbeddedBackend(env);
  if (isEmbedded && (await deadLocks(stack)).length > 0) {
    console.log(`Releasing the lock of an earlier run on stack ${stack} that was cut short.`);
    await runPulumi(["cancel", "--yes", "--stack", stack], env);
  }
  const recorded = recordedThings(resources);
  if (existsSync(unfinishedMark(stack))) {
    await removeLeftovers(stack, await findLeftovers(stack, settings, recorded));
  } else if (isEmbedded && recorded.size > 0) {
    // In a state that others share, what is not recorded may be just in the making.
    const { containers } = await findLeftovers(stack, settings, recorded);
    const none = { networks: [], volumes: [], images: [], agent: undefined };
    await removeLeftovers(stack, { ...none, containers });
  }
  return recorded;
}

/** Whether the state of a stack is lost that has none, or one without any resource. */
export function isLost(stack: string, recorded: ReadonlySet<string>): boolean {
  return recorded.size === 0 && !existsSync(unfinishedMark(stack));
}

/**
 * Refuses to make a stack beside what one of the same name has left.
 *
 * @throws UserError that names all of it.
 */
export async function refuseLeftovers(stack: string, settings: StackSettings): Promise<void> {
  const found = describeLeftovers(inTheWay(await findLeftovers(stack, settings, new Set())));
  if (found.length === 0) return;
  throw new UserError(
    `The state knows nothing of stack ${stack}, but the engine has, with its labels:\n` +
      `${found.map((line) => `  - ${line}`).join("\n")}\n` +
      "Nothing was made, since these stand in the way. If the state was lost, bring it back, or remove them: " +
      `\`npm stop -- --stack ${stack} --yes\`. If another clone of the project made them, give this stack ` +
      "another name.",
  );
}

/**
 * Pulumi's own locks of a file backend, which name the process that holds them.
 *
 * @returns the files of those whose process is gone.
 * @throws UserError when one lives.
 */
export async function deadLocks(stack: string): Promise<string[]> {
  const folder = join(ownFolder, "state", ".pulumi", "locks", "organization", project, stack);
  const files = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => "{}");
    const { pid } = JSON.parse(text) as { pid?: number };
    if (pid !== undefined && isPulumi(pid)) {
      throw new UserError(
        `Another run (process ${pid}) is at work on stack ${stack}. Wait for its end and try again.`,
      );
    }
  }
  return files;
}

/** Whether a process runs that may hold a lock; another may have got the pid of a dead one. */
function isPulumi(pid: number): boolean {
  if (startTimeOf(pid) === undefined) return false;
  const file = `/proc/${pid}/cmdline`;
  return !existsSync(file) || readFileSync(file, "utf8").includes("pulumi");
}
