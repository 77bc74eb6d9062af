import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

const root = "/sys/fs/cgroup";

/**
 * Removes a top-level control group and all groups below it, in every hierarchy.
 *
 * @returns whether all are removed. The kernel keeps a group busy for a moment after its last process has ended.
 */
export function removeCgroups(name: string): boolean {
  if (!existsSync(root)) return true;
  const hierarchies = [root, ...readdirSync(root).map((entry) => join(root, entry))];
  try {
    for (const hierarchy of hierarchies) removeCgroup(join(hierarchy, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

function removeCgroup(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
  }
  rmdirSync(folder);
}
