import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { pause } from "../../lib/host/run.ts";
import { interrupted } from "./interrupt.ts";
import { commandTimeout } from "./place.ts";

/** What a contender's command did. */
export interface Work {
  /** CPU seconds, user and system, of the command and all its descendants. */
  readonly cpu: number;
  /** Standard output and error. */
  readonly output: string;
}

export interface ChildOptions {
  readonly cwd?: string;
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes of success. Default: 0. */
  readonly success?: readonly number[];
}

/** The shell has no part in the command: it only tells afterwards what its children used. */
const accounting = '"$@"; code=$?; times >&3; exit $code';

/**
 * Runs a contender's command to its end, within {@link commandTimeout}.
 *
 * @throws Error with the end of its output when it fails, takes too long or the run is interrupted.
 */
export async function runChild(
  command: readonly string[],
  { cwd, env = process.env, success = [0] }: ChildOptions = {},
): Promise<Work> {
  interrupted.throwIfAborted();
  // With a process group of its own, so that what it started can be ended with it.
  const child = spawn("sh", ["-c", accounting, "sh", ...command], {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let output = "";
  let times = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (output += text));
  (child.stdio[3] as Readable).setEncoding("utf8").on("data", (text: string) => (times += text));

  const clock = { isLate: false };
  const end = (signal: NodeJS.Signals) => {
    if (child.exitCode === null) killGroup(child.pid!, signal);
  };
  const onAbort = () => end("SIGTERM");
  const late = setTimeout(() => {
    clock.isLate = true;
    end("SIGTERM");
  }, commandTimeout);
  const lost = setTimeout(() => end("SIGKILL"), commandTimeout + 30_000);
  interrupted.addEventListener("abort", onAbort);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      // Not "close": a detached agent may keep the pipes for ever.
      child.once("error", reject).once("exit", (code) => setImmediate(resolve, code));
    });
    // The shell may be gone before those that it waited for.
    if (clock.isLate || interrupted.aborted) await endOfGroup(child.pid);
    if (clock.isLate || code === null || !success.includes(code)) {
      const reason = clock.isLate ? "did not end in time" : `ended with ${String(code)}`;
      throw new Error(`${command.join(" ")} ${reason}:\n${output.slice(-2000)}`);
    }
    return { cpu: childSeconds(times), output };
  } finally {
    clearTimeout(late);
    clearTimeout(lost);
    interrupted.removeEventListener("abort", onAbort);
    for (const stream of child.stdio) stream?.destroy();
  }
}

/** @returns whether there was anybody. */
function killGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
}

/** Waits for the end of a group that was told to end, and after 30 s ends it. */
async function endOfGroup(leader: number | undefined): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (leader !== undefined && killGroup(leader, Date.now() > deadline ? "SIGKILL" : 0)) {
    await pause(100);
  }
}

/**
 * Reads what the shell's `times` prints: its own times in the first line, its children's in the
 * second, user and system, for example `0m1.25s 0m0.40s`.
 *
 * @returns seconds of the children; 0 when the text is not what `times` prints.
 */
export function childSeconds(times: string): number {
  const line = times.trim().split("\n")[1] ?? "";
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
