import { existsSync, readFileSync } from "node:fs";
import { startTimeOf } from "../../../../lib/host/startTime.mjs";
import { pause, run } from "../../../../lib/host/run.ts";
import { startEngine } from "../../../../setup/parts/engine.ts";

const pidFile = "/var/run/docker.pid";

/** Why this machine's engine cannot be restarted by the tests; undefined when no obstacle is known. */
export function obstacleToRestart(): string | undefined {
  const isRunning = existsSync(pidFile) && existsSync(`/proc/${enginePid()}`);
  return isRunning ? undefined : `The file ${pidFile} does not name a running engine.`;
}

/** This machine's engine, which can be stopped and started again with the same command. */
export class EngineProcess {
  readonly #command = readFileSync(`/proc/${enginePid()}/cmdline`, "utf8").split("\0").slice(0, -1);

  /** Restarts it as an administrator does: the engine stops its containers first. */
  async restart(): Promise<void> {
    const pid = enginePid();
    if (existsSync("/run/systemd/system")) {
      await run("systemctl", ["restart", "docker"], { timeout: 120_000 });
    } else {
      await end([pid], "SIGTERM");
      await this.start();
    }
    if (enginePid() === pid) throw new Error(`The engine is still the process ${pid}.`);
  }

  /**
   * Kills everything at once, as in a power failure: the engine, its child processes, the containers' processes and the
   * programs of the engine that supervise them.
   */
  async kill(pids: readonly number[]): Promise<void> {
    const engine = enginePid();
    const table = await processes();
    const children = table.filter(({ parent }) => parent === engine);
    const holders = table.filter(({ pid }) => pids.includes(pid)).map(({ parent }) => parent);
    const shims = table.filter(
      ({ pid, program }) => holders.includes(pid) && program.startsWith("containerd-shim"),
    );
    const all = [...children, ...shims].map(({ pid }) => pid);
    await end([engine, ...all, ...pids], "SIGKILL");
  }

  /** Starts it, unless it is running. */
  async start(): Promise<void> {
    await startEngine(this.#command);
  }
}

function enginePid(): number {
  return Number(readFileSync(pidFile, "utf8"));
}

async function end(pids: readonly number[], signal: NodeJS.Signals): Promise<void> {
  const living = new Map(pids.map((pid) => [pid, startTimeOf(pid)]));
  for (const pid of living.keys()) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended together with another one.
    }
  }
  const deadline = Date.now() + 60_000;
  const isThere = ([pid, birth]: [number, string | undefined]) =>
    birth !== undefined && startTimeOf(pid) === birth;
  while ([...living].some(isThere)) {
    if (Date.now() > deadline)
      throw new Error(`These processes do not end: ${[...living.keys()].join()}`);
    await pause(20);
  }
}

async function processes(): Promise<{ pid: number; parent: number; program: string }[]> {
  const table = (await run("ps", ["-eo", "pid=,ppid=,comm="])).trim().split("\n");
  return table.map((line) => {
    const [pid, parent, ...program] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), program: program.join(" ") };
  });
}
