import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../../lib/host/run.ts";
import { removeCgroups } from "./cgroups.ts";
import { eventually } from "./eventually.ts";
import { SimulatedHost } from "./host.ts";
import { makeNetwork, type NetworkPlan, removeNetwork } from "./network.ts";
import { isRunning, killAll, type Process, processOf } from "./processes.ts";

interface State {
  /** The process that created the site. */
  readonly owner: Process;
  /** The first process of each host: when it is killed, the kernel kills all others there. */
  readonly inits: readonly Process[];
}

/** Why no hosts can be simulated here, as a sentence; undefined when no obstacle is known. */
export function obstacleToHosts(): string | undefined {
  if (process.platform !== "linux") return "Hosts can be simulated on Linux only.";
  return process.getuid?.() === 0 ? undefined : "Hosts can be simulated by root only.";
}

/** The folder of a site. It is next to the engine's own files, where the engine's storage is known to work. */
export function siteFolder({ name }: NetworkPlan): string {
  return `/var/lib/${name}`;
}

/** Simulated hosts on a network of their own. Only one site with a name can exist at a time on a machine. */
export class Site {
  readonly #plan: NetworkPlan;
  #state: State;
  #isClosed = false;

  private constructor(plan: NetworkPlan, state: State) {
    this.#plan = plan;
    this.#state = state;
  }

  /**
   * Creates a site without hosts. First removes what a killed run left of one.
   *
   * @throws Error with the reason when that is not possible on this machine.
   */
  static async open(plan: NetworkPlan): Promise<Site> {
    const obstacle = obstacleToHosts();
    if (obstacle !== undefined) throw new Error(obstacle);
    const owner = readState(plan)?.owner;
    if (owner !== undefined && isRunning(owner)) {
      throw new Error(
        `The process ${owner.pid} has the site ${plan.name}; only one can exist at a time.`,
      );
    }
    await clear(plan);
    const site = new Site(plan, { owner: processOf(process.pid), inits: [] });
    mkdirSync(siteFolder(plan), { mode: 0o700 });
    try {
      writeState(plan, site.#state);
      await makeNetwork(plan);
    } catch (error) {
      await clear(plan);
      throw error;
    }
    return site;
  }

  /**
   * Starts a host.
   *
   * @param number the last byte of its address, 2 to 254.
   */
  async host(name: string, number: number): Promise<SimulatedHost> {
    const host = new SimulatedHost({
      ...{ name, number, network: this.#plan, folder: siteFolder(this.#plan) },
      record: (init) => {
        this.#state = { ...this.#state, inits: [...this.#state.inits, init] };
        writeState(this.#plan, this.#state);
      },
    });
    await host.start();
    return host;
  }

  /** Removes the site with everything in it. May be called again. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    await clear(this.#plan);
    this.#isClosed = true;
  }
}

/** Removes everything of a site, including one that was created only partly. */
async function clear(plan: NetworkPlan): Promise<void> {
  await killAll(readState(plan)?.inits ?? []);
  await removeNetwork(plan);
  await eventually(
    `The removal of the control groups of ${plan.name}`,
    10_000,
    () => removeCgroups(plan.name) || undefined,
  );
  // An engine has many files. Anything still mounted below would be kept.
  await run("rm", ["-rf", "--one-file-system", siteFolder(plan)], { timeout: 120_000 });
}

function stateFile(plan: NetworkPlan): string {
  return join(siteFolder(plan), "state.json");
}

function readState(plan: NetworkPlan): State | undefined {
  if (!existsSync(stateFile(plan))) return undefined;
  return JSON.parse(readFileSync(stateFile(plan), "utf8")) as State;
}

function writeState(plan: NetworkPlan, state: State): void {
  // Atomically, so that a killed run leaves a complete file.
  writeFileSync(`${stateFile(plan)}.new`, JSON.stringify(state));
  renameSync(`${stateFile(plan)}.new`, stateFile(plan));
}
