import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, type RunOptions } from "../../../../lib/host/run.ts";
import { removeCgroups } from "./cgroups.ts";
import { eventually } from "./eventually.ts";
import { containerMounts } from "./mounts.ts";
import { makeNamespaces, within } from "./namespaces.ts";
import { addressOf, attach, detach, type NetworkPlan, switchLink } from "./network.ts";
import { isRunning, killAll, processOf, type Process } from "./processes.ts";
import { resolverLines } from "./resolvers.ts";

/** What defines a simulated host. */
export interface HostPlan {
  readonly name: string;
  readonly network: NetworkPlan;
  /** The last byte of its address, 2 to 254. */
  readonly number: number;
  /** The folder of all hosts of the network. */
  readonly folder: string;
  /** Is told of its first process. */
  readonly record: (init: Process) => void;
}

/**
 * A host with its own processes, network, mounts and name. Its files are this machine's, except for /run and /tmp.
 * When the process that created it dies, all of its processes die.
 */
export class SimulatedHost {
  readonly name: string;
  readonly address: string;
  /** The control group for its containers. The outer one has the network's name. */
  readonly cgroup: string;
  readonly #plan: HostPlan;
  #init: Process | undefined;

  constructor(plan: HostPlan) {
    this.#plan = plan;
    this.name = plan.name;
    this.address = addressOf(plan.network, plan.number);
    this.cgroup = `${plan.network.name}/${plan.name}`;
  }

  get isUp(): boolean {
    return this.#init !== undefined && isRunning(this.#init);
  }

  /** Starts it, without any program of its own. */
  async start(): Promise<void> {
    if (this.isUp) throw new Error(`${this.name} is running already.`);
    const { network, number, folder, record } = this.#plan;
    const init = await makeNamespaces(join(folder, `${this.name}.log`));
    this.#init = processOf(init);
    record(this.#init);
    const inside = (file: string, ...args: string[]) => this.run(file, args);
    await inside("hostname", this.name);
    await attach(network, number, init, inside);
    const foreign = containerMounts(readFileSync(`/proc/${init}/mountinfo`, "utf8"));
    if (foreign.length > 0) await inside("umount", "--lazy", ...foreign);
    await this.#mountOwn();
  }

  async #mountOwn(): Promise<void> {
    const inside = (file: string, ...args: string[]) => this.run(file, args);
    const resolvers = join(this.#plan.folder, `${this.name}.resolv.conf`);
    writeFileSync(resolvers, resolverLines());
    const shown = realpathSync("/etc/resolv.conf");
    const own = (folder: string, mode: number) =>
      inside("mount", "-t", "tmpfs", "-o", `mode=${mode}`, this.name, folder);
    // So that sockets and pid files have their usual names without conflicting with this machine's.
    await own("/run", 755);
    // So that a container on the host cannot mount a project from this machine's temporary folders.
    await own("/tmp", 1777);
    if (shown.startsWith("/run/")) await inside("install", "-D", resolvers, shown);
    else await inside("mount", "--bind", resolvers, shown);
  }

  /** Runs a program on the host and waits until it ends. */
  async run(file: string, args: readonly string[], options?: RunOptions): Promise<string> {
    return await run("nsenter", within(this.#running(), file, args), options);
  }

  /**
   * Starts a program that runs on the host until the host is removed.
   *
   * @param logFile gets its output.
   * @param env its environment. Default: this process's.
   */
  spawn(
    file: string,
    args: readonly string[],
    logFile: string,
    env: NodeJS.ProcessEnv = process.env,
  ): ChildProcess {
    const log = openSync(logFile, "a");
    const stdio = ["ignore", log, log] as const;
    const child = spawn("nsenter", within(this.#running(), file, args), { env, stdio: [...stdio] });
    closeSync(log);
    child.on("error", () => undefined);
    return child;
  }

  /** Kills all of its processes at once and cuts its link, as in a power failure. May be called again. */
  async kill(): Promise<void> {
    const { network, number } = this.#plan;
    if (this.#init !== undefined) await killAll([this.#init]);
    this.#init = undefined;
    await detach(network, number);
    await eventually(
      `The removal of the control groups of ${this.name}`,
      10_000,
      () => removeCgroups(this.cgroup) || undefined,
    );
  }

  /** Cuts its link. Its processes keep running. */
  async cut(): Promise<void> {
    await switchLink(this.#plan.network, this.#plan.number, "down");
  }

  /** Mends its link. */
  async heal(): Promise<void> {
    await switchLink(this.#plan.network, this.#plan.number, "up");
  }

  #running(): number {
    if (this.#init === undefined) throw new Error(`${this.name} is not running.`);
    return this.#init.pid;
  }
}
