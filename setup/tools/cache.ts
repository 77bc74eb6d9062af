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

/** Where something is in the cache, or undefined when it is not. */
export function cached(entry: string, root = cacheRoot()): string | undefined {
  const path = join(root, entry);
  return existsSync(path) ? path : undefined;
}

/**
 * Provides a folder of the cache. It appears under its name only when it is complete, whatever
 * happens in between, and two runs at once make it only once.
 *
 * @param entry the name, which holds the version or a hash of the content: it is never changed.
 * @param make fills the empty folder that it is given.
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

/** Removes what runs that were killed have left half-made. */
async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && startTimeOf(Number(pid)) === undefined) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
}
