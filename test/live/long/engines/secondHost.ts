/** Simulates a remote machine with namespaces of this kernel. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "../../../../lib/host/startTime.mjs";
import { pause, run } from "../../../../lib/host/run.ts";
import { removeCgroups } from "./cgroups.ts";
import { makeLink, removeLink, resolverLines } from "./secondLink.ts";

/** The name of the host, its cgroup and its folder. Only one such host can exist at a time on a machine. */
export const hostName = "serf-second";

/** Its folder. It is next to the engine's own files, where the engine's storage is known to work. */
export const hostFolder = `/var/lib/${hostName}`;

const stateFile = join(hostFolder, "state.json");

/** A process. The start time distinguishes it from a later one with the same pid. */
interface Process {
  readonly pid: number;
  readonly born: string | undefined;
}

interface State {
  /** The process that created the host. */
  readonly owner: Process;
  /** The first process on the host: when it is killed, the kernel kills all others. */
  readonly init?: Process;
}

/** Why a second host cannot be created here, as a sentence; undefined when no obstacle is known. */
export function obstacleToSecondHost(): string | undefined {
  if (process.platform !== "linux") return "A second host can be made on Linux only.";
  return process.getuid?.() === 0 ? undefined : "A second host can be made by root only.";
}

/**
 * A host with its own processes, network, mounts and name. It reaches the same network as this machine. Its files are
 * this machine's, except for /run and /tmp. When the process that created it dies, all of its processes die.
 */
export class SecondHost {
  readonly #init: number;

  private constructor(init: number) {
    this.#init = init;
  }

  /**
   * Creates the host. First removes what a killed run left of one.
   *
   * @throws Error with the reason when that is not possible on this machine.
   */
  static async start(): Promise<SecondHost> {
    const obstacle = obstacleToSecondHost();
    if (obstacle !== undefined) throw new Error(obstacle);
    const owner = readState()?.owner;
    if (owner !== undefined && isRunning(owner)) {
      throw new Error(`The process ${owner.pid} has a second host; only one can exist at a time.`);
    }
    await clear();
    const host = await makeHost().catch(async (error: unknown) => {
      await clear();
      throw error;
    });
    return new SecondHost(host);
  }

  /** Runs a program on the host and waits until it ends. */
  async run(file: string, args: readonly string[]): Promise<string> {
    return await run("nsenter", within(this.#init, file, args));
  }

  /** Starts a program that runs on the host until the host is removed. Its output goes to a file. */
  spawn(file: string, args: readonly string[], logFile: string): ChildProcess {
    const log = openSync(logFile, "a");
    const child = spawn("nsenter", within(this.#init, file, args), {
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.on("error", () => undefined);
    return child;
  }

  /** Removes the host with everything in it. May be called again. */
  async stop(): Promise<void> {
    if (readState()?.init?.pid === this.#init) await clear();
  }
}

function within(init: number, file: string, args: readonly string[]): string[] {
  return [`--target=${init}`, "--mount", "--uts", "--net", "--pid", "--", file, ...args];
}

/** @returns the pid of its first process. */
async function makeHost(): Promise<number> {
  mkdirSync(hostFolder, { mode: 0o700 });
  const owner = processOf(process.pid);
  writeState({ owner });
  const init = await makeNamespaces();
  writeState({ owner, init: processOf(init) });
  const inside = (file: string, ...args: string[]) => run("nsenter", within(init, file, args));
  await inside("hostname", hostName);
  await makeLink(init, inside);
  // So that sockets and pid files have their usual names without conflicting with this machine's.
  const own = (folder: string, mode: number) =>
    inside("mount", "-t", "tmpfs", "-o", `mode=${mode}`, hostName, folder);
  const resolvers = join(hostFolder, "resolv.conf");
  writeFileSync(resolvers, resolverLines());
  const shown = realpathSync("/etc/resolv.conf");
  await own("/run", 755);
  // So that a container on the host cannot mount a project from this machine's temporary folders.
  await own("/tmp", 1777);
  if (shown.startsWith("/run/")) await inside("install", "-D", resolvers, shown);
  else await inside("mount", "--bind", resolvers, shown);
  return init;
}

async function makeNamespaces(): Promise<number> {
  const log = openSync(join(hostFolder, "init.log"), "a");
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
    return await within5s("The second host's first process", () => {
      if (hasEnded()) throw new Error(`No namespaces can be created here: ${logOf("init.log")}`);
      return firstWithin(child.pid!);
    });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** The first process of the namespaces that a process created; undefined until it runs. */
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

/** The end of the log of a program on the host. */
export function logOf(name: string): string {
  return readFileSync(join(hostFolder, name), "utf8").trim().split("\n").slice(-5).join("\n");
}

/** Removes everything of a host, including one that was created only partly. */
async function clear(): Promise<void> {
  const init = readState()?.init;
  if (init !== undefined && isRunning(init)) process.kill(init.pid, "SIGKILL");
  // It ends only after all other processes have.
  await within5s("The end of the second host", () => (init && isRunning(init) ? undefined : true));
  await removeLink();
  await within5s(
    "The removal of the second host's cgroups",
    () => removeCgroups(hostName) || undefined,
  );
  // An engine has many files. Anything still mounted below would be kept.
  await run("rm", ["-rf", "--one-file-system", hostFolder], { timeout: 60_000 });
}

async function within5s<T>(what: string, look: () => T | undefined): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not appear within 5 s.`);
    await pause(20);
  }
}

function readState(): State | undefined {
  if (!existsSync(stateFile)) return undefined;
  return JSON.parse(readFileSync(stateFile, "utf8")) as State;
}

function writeState(state: State): void {
  // Atomically, so that a killed run leaves a complete file.
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}

function processOf(pid: number): Process {
  return { pid, born: startTimeOf(pid) };
}

function isRunning({ pid, born }: Process): boolean {
  return born !== undefined && startTimeOf(pid) === born;
}
