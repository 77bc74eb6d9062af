import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { HandlerFile } from "./handlers.ts";

/**
 * The files in the folder of event handlers, sorted by name.
 *
 * @param platform the platform on which the folder is read. Windows has no executable bits: Docker makes every file
 *   from there executable.
 * @throws the file system's error when the folder cannot be read.
 */
export function readHandlerFiles(
  dir: string,
  platform: NodeJS.Platform = process.platform,
): HandlerFile[] {
  return readdirSync(dir)
    .sort()
    .map((name) => ({ name, stats: statSync(join(dir, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({
      name,
      isExecutable: platform === "win32" || (stats.mode & 0o100) !== 0,
    }));
}
