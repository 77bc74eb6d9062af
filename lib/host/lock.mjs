import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { startTimeOf } from "./startTime.mjs";

/**
 * Runs a task while holding a lock that only one process can hold. The lock of a process that died is taken over.
 *
 * @template T
 * @param {string} path the lock's file
 * @param {() => Promise<T>} task
 * @param {{ isQuiet?: boolean }} [options] whether it waits without saying so; default: no
 * @returns {Promise<T>}
 */
export async function withLock(path, task, { isQuiet = false } = {}) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let waiting = isQuiet;
  while (!(await take(path))) {
    const holder = await holderOf(path);
    if (holder !== undefined && startTimeOf(holder.pid) !== holder.born) {
      await removeDead(path, holder);
      continue;
    }
    if (holder !== undefined && !waiting) {
      console.error(`waiting for another run (process ${holder.pid})`);
      waiting = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await task();
  } finally {
    await rm(path, { force: true });
  }
}

/** @param {string} path */
async function take(path) {
  // The file is linked into place with its content, so that the lock never exists without a holder.
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, born: startTimeOf(process.pid) }));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * @param {string} path
 * @returns {Promise<{ pid: number, born: string } | undefined>} undefined if it was just released.
 */
async function holderOf(path) {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined
    ? undefined
    : /** @type {{ pid: number, born: string }} */ (JSON.parse(text));
}

/**
 * Two processes may find the lock dead, and one may have taken it again before the other removes it. So the file is
 * renamed to a unique name and checked again.
 *
 * @param {string} path
 * @param {{ pid: number, born: string }} dead
 */
async function removeDead(path, dead) {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const found = await holderOf(aside);
  if (found?.pid === dead.pid && found.born === dead.born) await rm(aside, { force: true });
  else await rename(aside, path);
}
