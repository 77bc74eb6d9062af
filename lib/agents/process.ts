import { spawn } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { appendFile, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { pause } from "../host/run.ts";
import { startTimeOf } from "../host/startTime.mjs";

/** The files of the host's agent. */
export interface AgentFiles {
  readonly dir: string;
  readonly binary: string;
  /** Serf's command line for users, with the RPC token. */
  readonly client: string;
  readonly token: string;
  readonly keyring: string;
  readonly config: string;
  readonly log: string;
  readonly snapshot: string;
  /** Identifies the agent's process. */
  readonly process: string;
}

export function agentFiles(dir: string): AgentFiles {
  return {
    dir,
    binary: join(dir, "serf-binary"),
    client: join(dir, "serf"),
    token: join(dir, "rpc-token"),
    keyring: join(dir, "keyring"),
    config: join(dir, "agent.json"),
    log: join(dir, "agent.log"),
    snapshot: join(dir, "snapshot"),
    process: join(dir, "process.json"),
  };
}

/**
 * An agent's process, recorded with enough detail not to confuse it with a later process that has the same pid.
 */
export interface AgentProcess {
  readonly pid: number;
  /** The kernel's boot ID and the process's start time in clock ticks. */
  readonly born: string;
  /** Its command-line arguments. */
  readonly args: readonly string[];
  /** Differs for each start that a deployment requested. */
  readonly generation: string;
}

/** The recorded agent if it is running, else undefined. */
export function livingAgent(dir: string): AgentProcess | undefined {
  const file = agentFiles(dir).process;
  if (!existsSync(file)) return undefined;
  try {
    const recorded = JSON.parse(readFileSync(file, "utf8")) as AgentProcess;
    return startTimeOf(recorded.pid) === recorded.born ? recorded : undefined;
  } catch {
    // A file that was truncated by a full disk or a crash identifies no agent.
    return undefined;
  }
}

/**
 * The file name of the Serf binary copied from an image. Each image has its own, so that a partial copy never
 * runs.
 */
export function binaryName(image: string): string {
  return `serf-${image.replaceAll(/[^\w.-]/g, "-")}`;
}

/** The startup parameters of the host's agent as a process. */
export interface AgentStartup extends Pick<AgentProcess, "args" | "generation"> {
  /** The image from which its binary is copied. */
  readonly image: string;
}

/** The host's agent if it is running, else undefined. */
export function runningHostAgent(dir: string) {
  const agent = livingAgent(dir);
  return (
    agent && {
      /** Whether it was started with these parameters, so that at most its configuration file differs. */
      isAsStarted: ({ args, generation, image }: AgentStartup) =>
        agent.generation === generation &&
        isDeepStrictEqual(agent.args, args) &&
        linkedBinary(dir) === binaryName(image),
    }
  );
}

/** The file name to which the agent's binary links. */
function linkedBinary(dir: string): string | undefined {
  try {
    return readlinkSync(agentFiles(dir).binary);
  } catch {
    return undefined;
  }
}

/**
 * Whether the running agent has its files in another folder, because this clone is a copy of the agent's clone.
 */
export function isOfAnotherFolder(dir: string): boolean {
  const agent = livingAgent(dir);
  if (agent === undefined) return false;
  try {
    return readlinkSync(`/proc/${agent.pid}/cwd`) !== realpathSync(dir);
  } catch {
    // There is no /proc, or the process belongs to another user.
    return false;
  }
}

/**
 * Starts the agent, detached from this process and its terminal.
 *
 * @param files must be in an absolute folder.
 * @throws Error when the process cannot be started.
 */
export async function startAgent(
  files: AgentFiles,
  config: string,
  { args, generation }: Omit<AgentProcess, "pid" | "born">,
): Promise<AgentProcess> {
  await mkdir(files.dir, { recursive: true, mode: 0o700 });
  await writeFile(files.config, config, { mode: 0o600 });
  await advanceClock(files.snapshot);
  const log = await open(files.log, "a", 0o600);
  try {
    // The agent must not inherit the caller's pipes: a reader of those would wait until the agent ends.
    const own = { config: basename(files.config), snapshot: basename(files.snapshot) };
    const all = ["agent", `-config-file=${own.config}`, `-snapshot=${own.snapshot}`, ...args];
    const child = spawn(files.binary, all, {
      // The agent gets relative paths, so that it still finds its files after the clone has been moved.
      cwd: files.dir,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve).once("error", reject);
    });
    child.unref();
    const agent = { pid: child.pid!, born: startTimeOf(child.pid!) ?? "", args, generation };
    await writeFile(`${files.process}.new`, JSON.stringify(agent));
    await rename(`${files.process}.new`, files.process);
    return agent;
  } finally {
    await log.close();
  }
}

/** Writes a configuration and makes the running agent reload it, which applies what needs no restart. */
export async function reloadAgent(files: AgentFiles, config: string): Promise<void> {
  await writeFile(files.config, config, { mode: 0o600 });
  rereadConfig(files.dir);
}

/** Makes the agent reload its configuration file. */
export function rereadConfig(dir: string): void {
  const agent = livingAgent(dir);
  if (agent !== undefined) signal(agent.pid, "SIGHUP");
}

/**
 * Sets the agent's Lamport clock ahead of everything it announced before; docker/agent does the same and explains
 * why.
 */
async function advanceClock(snapshot: string): Promise<void> {
  const lines = await readFile(snapshot, "utf8").catch(() => "");
  const last = Number([...lines.matchAll(/^clock: (\d+)$/gm)].at(-1)?.[1] ?? 0);
  const now = Date.now();
  if (now > last) await appendFile(snapshot, `clock: ${now}\n`, { mode: 0o600 });
}

/**
 * Stops the agent: SIGTERM, which makes it leave the cluster, then SIGKILL.
 *
 * @param grace milliseconds for leaving. Default: 10,000. Serf itself waits up to 3,000.
 */
export async function stopAgent(dir: string, grace = 10_000): Promise<void> {
  const agent = livingAgent(dir);
  if (agent !== undefined) {
    signal(agent.pid, "SIGTERM");
    if (!(await endsWithin(dir, grace))) {
      signal(agent.pid, "SIGKILL");
      await endsWithin(dir, grace);
    }
  }
  await rm(agentFiles(dir).process, { force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") {
      throw new Error(
        `The host's agent, process ${pid}, belongs to another user. Run the command as that user or as root.`,
      );
    }
    // The process may have exited in the meantime.
    if (code !== "ESRCH") throw error;
  }
}

async function endsWithin(dir: string, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (livingAgent(dir) !== undefined) {
    if (Date.now() > deadline) return false;
    await pause(50);
  }
  return true;
}

/**
 * The last lines of the agent's log for an error message, without the lines about this project's own RPC
 * connections.
 */
export async function logTail(dir: string, lines = 5): Promise<string> {
  const text = await readFile(agentFiles(dir).log, "utf8").catch(() => "");
  const all = text.trimEnd().split("\n");
  return all
    .filter((line) => !line.includes("agent.ipc: Accepted client"))
    .slice(-lines)
    .join("\n");
}
