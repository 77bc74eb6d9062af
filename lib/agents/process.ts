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
  /** Serf's command line, for users; it knows the token. */
  readonly client: string;
  readonly token: string;
  readonly keyring: string;
  readonly config: string;
  readonly log: string;
  readonly snapshot: string;
  /** Tells which process is the agent. */
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

/** An agent's process, recorded so that it is not mistaken for another with the same pid. */
export interface AgentProcess {
  readonly pid: number;
  /** The kernel's boot and the process's start in its clock ticks. */
  readonly born: string;
  /** What tells it who it is, on its command line. */
  readonly args: readonly string[];
  /** Differs for each start that a deployment asked for. */
  readonly generation: string;
}

/** The recorded agent if it is still running, else undefined. */
export function livingAgent(dir: string): AgentProcess | undefined {
  const file = agentFiles(dir).process;
  if (!existsSync(file)) return undefined;
  try {
    const recorded = JSON.parse(readFileSync(file, "utf8")) as AgentProcess;
    return startTimeOf(recorded.pid) === recorded.born ? recorded : undefined;
  } catch {
    // A file cut short by a full disk or a crash says nothing about a living agent.
    return undefined;
  }
}

/** The name of an image's copy of Serf: each image has one of its own, so that a half-copied one is never run. */
export function binaryName(image: string): string {
  return `serf-${image.replaceAll(/[^\w.-]/g, "-")}`;
}

/** What a process of the host's agent is started with. */
export interface AgentStartup extends Pick<AgentProcess, "args" | "generation"> {
  /** The image that its binary is taken from. */
  readonly image: string;
}

/** The host's agent if it is running, else undefined. */
export function runningHostAgent(dir: string) {
  const agent = livingAgent(dir);
  return (
    agent && {
      /** Whether it was started so, and only its configuration may differ. */
      isAsStarted: ({ args, generation, image }: AgentStartup) =>
        agent.generation === generation &&
        isDeepStrictEqual(agent.args, args) &&
        linkedBinary(dir) === binaryName(image),
    }
  );
}

/** The name of the copy that the agent's binary is. */
function linkedBinary(dir: string): string | undefined {
  try {
    return readlinkSync(agentFiles(dir).binary);
  } catch {
    return undefined;
  }
}

/** Whether the agent that runs has its files in another folder: that of a clone that was copied to here. */
export function isOfAnotherFolder(dir: string): boolean {
  const agent = livingAgent(dir);
  if (agent === undefined) return false;
  try {
    return readlinkSync(`/proc/${agent.pid}/cwd`) !== realpathSync(dir);
  } catch {
    // There is no /proc, or it is another user's.
    return false;
  }
}

/**
 * Starts the agent, detached from this process and its terminal.
 *
 * @param files in an absolute folder.
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
    // The caller's pipes must not stay open in the agent, or whoever reads them waits for ever.
    const own = { config: basename(files.config), snapshot: basename(files.snapshot) };
    const all = ["agent", `-config-file=${own.config}`, `-snapshot=${own.snapshot}`, ...args];
    const child = spawn(files.binary, all, {
      // Its files are named from there, so that they are found as well when the clone is moved.
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

/** Lets the agent that runs take another configuration over, as far as it can without a new start. */
export async function reloadAgent(files: AgentFiles, config: string): Promise<void> {
  await writeFile(files.config, config, { mode: 0o600 });
  rereadConfig(files.dir);
}

/** Tells the agent to read its configuration again. */
export function rereadConfig(dir: string): void {
  const agent = livingAgent(dir);
  if (agent !== undefined) signal(agent.pid, "SIGHUP");
}

/** Puts the agent's Lamport clock ahead of its earlier lives, as docker/agent does, with the reason. */
async function advanceClock(snapshot: string): Promise<void> {
  const lines = await readFile(snapshot, "utf8").catch(() => "");
  const last = Number([...lines.matchAll(/^clock: (\d+)$/gm)].at(-1)?.[1] ?? 0);
  const now = Date.now();
  if (now > last) await appendFile(snapshot, `clock: ${now}\n`, { mode: 0o600 });
}

/**
 * Ends the agent: SIGTERM, on which it leaves the cluster, then SIGKILL.
 *
 * @param grace milliseconds for leaving. Default: 10,000; Serf gives itself 3,000.
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
        `The host's agent, process ${pid}, belongs to another user. Run this as that user, or as root.`,
      );
    }
    // It may have ended by itself in the meantime.
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

/** The end of the agent's log, without our own questions to it, for an error message. */
export async function logTail(dir: string, lines = 5): Promise<string> {
  const text = await readFile(agentFiles(dir).log, "utf8").catch(() => "");
  const said = text.trimEnd().split("\n");
  return said
    .filter((line) => !line.includes("agent.ipc: Accepted client"))
    .slice(-lines)
    .join("\n");
}
