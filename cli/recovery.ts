/** Mends what an interrupted run left, so that the next one can do its work. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { carries, labelsOf } from "../components/labels.ts";
import { namesOf, ownFolder } from "../components/names.ts";
import { livingAgent, stopAgent } from "../programs/agentProcess.ts";
import { birthOf } from "../programs/birth.mjs";
import type { FoundContainer } from "../components/standing.ts";
import { removeContainers, removeIfThere } from "../programs/containers.ts";
import { readInventory } from "../programs/inventory.ts";
import type { JoinersInput } from "../programs/joiners.ts";
import { UserError } from "../setup/errors.ts";
import { project, runPulumi } from "./stack.ts";
import { plainSetting } from "./stackConfig.ts";

/** A file that stands while an `up` is under way; what it leaves is looked for only where this stayed. */
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

/** Whether the state lies in the project's own folder. */
export function hasEmbeddedBackend(env: NodeJS.ProcessEnv): boolean {
  return env["PULUMI_BACKEND_URL"]?.endsWith(`/${ownFolder}/state`) ?? false;
}

/**
 * Removes the lock of a run that died, and what an unfinished `up` made without recording it.
 *
 * @throws UserError when another run is at work on the stack.
 */
export async function recover(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (hasEmbeddedBackend(env)) await releaseDeadLocks(stack, env);
  if (!existsSync(unfinishedMark(stack))) return;
  await removeLeftovers(stack, await recordedThings(stack, env));
}

/** Pulumi's own lock of a file backend names the process that holds it. */
async function releaseDeadLocks(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = join(ownFolder, "state", ".pulumi", "locks", "organization", project, stack);
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) return;
  for (const file of files) {
    const text = await readFile(join(folder, file), "utf8").catch(() => "{}");
    const { pid } = JSON.parse(text) as { pid?: number };
    if (pid !== undefined && isPulumi(pid)) {
      throw new UserError(
        `Another run (process ${pid}) is at work on stack ${stack}. Wait for its end and try again.`,
      );
    }
  }
  console.log(`Releasing the lock of an earlier run on stack ${stack} that was cut short.`);
  await runPulumi(["cancel", "--yes", "--stack", stack], env);
}

/** Whether a process runs that may hold a lock; another may have got the pid of a dead one. */
function isPulumi(pid: number): boolean {
  if (birthOf(pid) === undefined) return false;
  const file = `/proc/${pid}/cmdline`;
  return !existsSync(file) || readFileSync(file, "utf8").includes("pulumi");
}

/** The IDs that the state knows, and the names of the joiners, which it knows by their names alone. */
async function recordedThings(stack: string, env: NodeJS.ProcessEnv): Promise<Set<string>> {
  const { deployment } = JSON.parse(
    await runPulumi(["stack", "export", "--stack", stack], env),
  ) as {
    // Null where the disk was full before the first resource.
    deployment: { resources?: Recorded[] } | null;
  };
  const resources = deployment?.resources ?? [];
  const joiners = resources.find(({ urn }) => urn.endsWith("command:local:Command::joiners"));
  return new Set([
    ...resources.flatMap(({ id }) => id ?? []),
    ...joinerNames(joiners?.inputs?.stdin),
  ]);
}

interface Recorded {
  readonly id?: string;
  readonly urn: string;
  readonly inputs?: { readonly stdin?: string };
}

function joinerNames(stdin = "{}"): string[] {
  const { joiners = [] } = JSON.parse(stdin) as Partial<JoinersInput>;
  return joiners.map(({ name }) => name);
}

/**
 * Removes from the engine and the host what carries the stack's labels and is not recorded, but for the
 * agents' data, where the stack's configuration retains it.
 *
 * @param recorded the IDs, and of joiners the names, that the state knows; none removes everything of
 *   the stack.
 * @returns how many things were removed.
 */
export async function removeLeftovers(
  stack: string,
  recorded: ReadonlySet<string>,
): Promise<number> {
  const labels = labelsOf(project, stack);
  const inventory = await readInventory(labels);
  const networks = inventory.networks.filter(
    (found) => carries(found.labels, labels) && !recorded.has(found.id),
  );
  // A volume's name is its ID.
  const retained =
    plainSetting(stack, "retainData") === "true" && namesOf(project, stack).volumes.data;
  const volumes = inventory.volumes.filter(({ name }) => !recorded.has(name) && name !== retained);
  // What is to go cannot be removed while joiners use it.
  const areFree = networks.length === 0 && volumes.length === 0;
  const stays = ({ id, name }: FoundContainer) =>
    recorded.has(id) || (areFree && recorded.has(name));
  const containers = inventory.containers.filter((found) => !stays(found));
  await removeContainers(containers);
  const images = recorded.size === 0 ? inventory.images : [];
  for (const path of [
    ...networks.map(({ id }) => `/networks/${id}`),
    ...volumes.map(({ name }) => `/volumes/${name}`),
    ...images.map(({ id }) => `/images/${id}?force=1`),
  ]) {
    await removeIfThere(path);
  }
  let removed = containers.length + networks.length + volumes.length + images.length;
  if (recorded.size === 0) removed += await removeAgent(stack);
  if (removed > 0) console.log(`Removed ${removed} leftovers of stack ${stack}.`);
  return removed;
}

async function removeAgent(stack: string): Promise<number> {
  const { hostAgentDir } = namesOf(project, stack);
  const agent = livingAgent(hostAgentDir) === undefined ? 0 : 1;
  await stopAgent(hostAgentDir);
  await rm(hostAgentDir, { recursive: true, force: true });
  return agent;
}
