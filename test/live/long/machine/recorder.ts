/**
 * Replaces `cli/setup.ts` and `cli/start.ts` in a root where no engine can run, and records how it was called. As
 * setup it also creates what the real one does.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/** A recorded call of a command. */
export interface Recorded {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: string;
  readonly groups: string;
  readonly home: string;
  readonly cache: string;
  readonly folder: string;
  /** The version of the Node.js that runs the command. */
  readonly node: string;
}

const ask = (option: string) => execFileSync("id", [option], { encoding: "utf8" }).trim();

const recorded: Recorded = {
  command: basename(process.argv[1]!, ".ts"),
  args: process.argv.slice(2),
  user: ask("-un"),
  groups: ask("-Gn"),
  home: homedir(),
  cache: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  folder: process.cwd(),
  node: process.versions.node,
};
appendFileSync("/var/tmp/recorded", `${JSON.stringify(recorded)}\n`);

if (recorded.command === "setup") {
  // The engine's package creates the group.
  execFileSync("/usr/sbin/groupadd", ["--force", "docker"]);
  for (const folder of [join(recorded.cache, "serf-cluster"), ".serf"]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "made"), "");
  }
} else {
  // Fails if the setup's files still belong to root.
  appendFileSync(join(recorded.cache, "serf-cluster", "made"), "used");
  appendFileSync(join(".serf", "made"), "used");
}
