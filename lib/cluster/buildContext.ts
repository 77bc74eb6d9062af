import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Hashes the inputs of an image: the files of the build context with their names and executable bits, and the
 * build arguments. The same inputs give the same hash on every machine.
 *
 * @returns 12 hexadecimal digits.
 * @throws the file system's error when the context cannot be read.
 */
export function hashBuild(contextDir: string, buildArgs: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  // The length before each part keeps, for example, "ab" + "c" different from "a" + "bc".
  const add = (part: string | Buffer) => hash.update(`${part.length}:`).update(part);
  for (const file of filesBelow(contextDir)) {
    const path = join(contextDir, file);
    add(file);
    add(statSync(path).mode & 0o100 ? "executable" : "plain");
    add(readFileSync(path));
  }
  for (const key of Object.keys(buildArgs).sort()) {
    add(key);
    add(buildArgs[key]!);
  }
  return hash.digest("hex").slice(0, 12);
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dir.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}
