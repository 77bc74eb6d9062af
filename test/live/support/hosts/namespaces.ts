/** Namespaces of this kernel, in which a simulated host runs its processes. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { eventually } from "./eventually.ts";
import { endOf } from "./log.ts";

/** Arguments of `nsenter` that run a program in the namespaces of a host's first process. */
export function within(init: number, file: string, args: readonly string[]): string[] {
  return [`--target=${init}`, "--mount", "--uts", "--net", "--pid", "--", file, ...args];
}

/**
 * Creates a host's namespaces. When its first process or this one dies, the kernel kills all processes in them.
 *
 * @param logFile gets what the first process says.
 * @returns the pid of the first process.
 */
export async function makeNamespaces(logFile: string): Promise<number> {
  const log = openSync(logFile, "a");
  // A shell as the first process reaps orphaned processes.
  const first = ["sh", "-c", "sleep infinity; :"];
  const spaces = ["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...spaces, ...first], {
    cwd: "/",
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", () => undefined);
  const hasEnded = () => child.pid === undefined || child.exitCode !== null;
  try {
    return await eventually("A simulated host's first process", 10_000, () => {
      if (hasEnded()) throw new Error(`No namespaces can be created here: ${endOf(logFile)}`);
      return firstWithin(child.pid!);
    });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** The first process within the namespaces that a process created; undefined until it runs. */
function firstWithin(maker: number): number | undefined {
  try {
    const [pid] = readFileSync(`/proc/${maker}/task/${maker}/children`, "utf8").split(" ");
    // Before it executes the shell, it may not have its own /proc yet.
    const runsShell = readFileSync(`/proc/${pid!}/cmdline`, "utf8").startsWith("sh\0");
    return runsShell ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}
