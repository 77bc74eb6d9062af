import { readFileSync } from "node:fs";

/** The last lines of a program's log. */
export function endOf(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-5).join("\n");
}
