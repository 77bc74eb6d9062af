import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../lib/host/lock.mjs";
import { startTimeOf } from "../../lib/host/startTime.mjs";

/** The user's cache, which all clones share: `$XDG_CACHE_HOME/serf-cluster`, default ~/.cache. */
function cacheRoot(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "serf-cluster");
}

/** The path of an entry, or undefined when it is not in the cache. */
export function cached(entry: string, root = cacheRoot()): string | undefined {
  const path = join(root, entry);
  return existsSync(path) ? path : undefined;
}

/**
 * Provides an entry of the cache, which is a folder. It gets its name only when it is complete, even if a run
 * is killed, and two runs at the same time create it only once.
 *
 * @param entry the name. It contains a version or a hash of the content, since an entry never changes.
 * @param make fills the empty folder that it gets.
 */
export async function provide(
  entry: string,
  make: (folder: string) => Promise<void>,
  root = cacheRoot(),
): Promise<string> {
  const path = join(root, entry);
  if (existsSync(path)) return path;
  return await withLock(`${path}.lock`, async () => {
    if (existsSync(path)) return path;
    await sweep(root);
    const partial = `${path}.partial-${process.pid}`;
    await mkdir(partial);
    try {
      await make(partial);
      await rename(partial, path);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return path;
  });
}

/** Removes incomplete entries of runs that were killed. */
async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && startTimeOf(Number(pid)) === undefined) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
}
