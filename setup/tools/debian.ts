import { readFileSync } from "node:fs";
import { run } from "../../lib/host/run.ts";
import { during } from "./progress.ts";

/** Why packages cannot be installed here, as the second half of a sentence; undefined when they can. */
export function obstacleToPackages(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (!isDebian()) return "is supported on Debian and Ubuntu only";
  return undefined;
}

function isDebian(): boolean {
  try {
    return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/** Installs Debian packages. */
export async function installPackages(what: string, ...packages: string[]): Promise<void> {
  const install = () => apt("install", "--yes", "--no-install-recommends", ...packages);
  await during(`installing ${what} (Debian's package ${packages[0]!})`, () => withLists(install));
}

/** Runs a task; if it fails, updates the package lists and retries. A new machine has no lists, or old ones. */
export async function withLists(task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch {
    await apt("update").catch(() => undefined);
    await task();
  }
}

/** Runs apt-get without questions. Waits if another package manager is running. */
function apt(...args: string[]): Promise<string> {
  return run("apt-get", ["-o", "DPkg::Lock::Timeout=120", "--quiet", ...args], {
    timeout: 600_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
