import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { pause } from "../../lib/host/run.ts";
import { interrupted } from "./interrupt.ts";
import { commandTimeout } from "./place.ts";

/** The result of a contender's command. */
export interface Work {
  /** CPU seconds, user and system, of the command and all its descendants. */
  readonly cpu: number;
  /** Standard output and error. */
  readonly output: string;
}

export interface ChildOptions {
  readonly cwd?: string;
  /** Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** The exit codes that mean success. Default: 0. */
  readonly success?: readonly number[];
}

/** The shell is only there to report the CPU times of its children afterwards. */
const accounting = '"$@"; code=$?; times >&3; exit $code';

/**
 * Runs a contender's command and waits until it ends, at most {@link commandTimeout}.
 *
 * @throws Error with the end of its output when it fails, takes too long or the run is interrupted.
 */
export async function runChild(
  command: readonly string[],
  { cwd, env = process.env, success = [0] }: ChildOptions = {},
): Promise<Work> {
  interrupted.throwIfAborted();
  // In its own process group, so that its children can be killed with it.
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
      // Not "close": a detached agent may keep the pipes open for ever.
      child.once("error", reject).once("exit", (code) => setImmediate(resolve, code));
    });
    // The shell may exit before its children.
    if (clock.isLate || interrupted.aborted) await endOfGroup(child.pid);
    if (clock.isLate || code === null || !success.includes(code)) {
      const reason = clock.isLate ? "did not end in time" : `exited with ${String(code)}`;
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

/** @returns whether the group had any process. */
function killGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
}

/** Waits until all processes of a terminated group have ended, and kills them after 30 s. */
async function endOfGroup(leader: number | undefined): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (leader !== undefined && killGroup(leader, Date.now() > deadline ? "SIGKILL" : 0)) {
    await pause(100);
  }
}

/**
 * Parses the output of the shell's `times`: its own user and system times on the first line, its children's on
 * the second, for example `0m1.25s 0m0.40s`.
 *
 * @returns the children's seconds; 0 when the text is not the output of `times`.
 */
export function childSeconds(times: string): number {
  const line = times.trim().split("\n")[1] ?? "";
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
