import { appendFileSync } from "node:fs";
import { isLocalEngine } from "../../../../lib/engine/host.ts";
import type { Member } from "../../../../lib/cluster/members.ts";
import { chosenEngine } from "../../../../lib/engine/context.ts";
import { docker, pause } from "../../../../lib/host/run.ts";
import { compareMembers, unexpectedAmong } from "../../../../lib/membership/judge.ts";
import { membersSeenBy } from "../../../../lib/membership/views.ts";
import { type Config, Project } from "../../support/project.ts";
import { type FaultName, type Fault, faults } from "./faults.ts";
import { timesVariable } from "./recording/record.ts";

/** Why faults cannot be injected here, as a sentence; undefined when no obstacle is known. */
export function obstacleToFaults(): string | undefined {
  if (process.platform !== "linux" || !isLocalEngine(chosenEngine()?.host)) {
    return "The processes of containers can be killed on the engine's own Linux host only.";
  }
  return process.getuid?.() === 0 ? undefined : "They can be killed by root only.";
}

/** The cluster as one member sees it. */
interface ViewState {
  readonly side: string;
  /** How its view differs from the expected members; empty when it does not. */
  readonly faults: readonly string[];
}

/** Milliseconds between two observations of the cluster. */
const pollInterval = 100;

/**
 * Milliseconds for which all views must stay correct: longer than the 6 s or so after which Serf marks a dead member as
 * failed. After a successful `up` less is enough, since `up` has checked that.
 */
const steadiness = { byItself: 8000, afterUp: 2000 };

/** The most members whose views are checked: each check costs the agents processor time. */
const mostSides = 8;

/** A running stack, and observations of it. */
export class Cluster {
  readonly project = new Project();
  readonly stack: string;
  readonly #config: Config;
  #joiners: number;
  #tags: Readonly<Record<string, string>> = {};

  /** @param joiners how many it starts with. */
  constructor(stack: string, config: Config, joiners: number) {
    this.stack = stack;
    this.#config = config;
    this.#joiners = joiners;
  }

  /** Removes what a killed run left, then brings the stack up. */
  async begin(): Promise<void> {
    this.configure(this.#joiners);
    await this.project.succeed("stop", "--yes", "--stack", this.stack);
    await this.up();
  }

  /** @param changes to the stack's configuration. */
  configure(
    joiners: number,
    changes: { readonly tags?: Readonly<Record<string, string>> } = {},
  ): void {
    this.#joiners = joiners;
    this.#tags = changes.tags ?? {};
    this.project.configure(this.stack, { ...this.#config, ...changes, joiners });
  }

  async up(): Promise<void> {
    await this.project.succeed("start", "--stack", this.stack);
  }

  async expectNoChange(): Promise<void> {
    await this.project.succeed("pulumi", "preview", "--expect-no-changes", "--stack", this.stack);
  }

  /** The name of a container and member, by the part after the stack's name. */
  named(part: string): string {
    return `serf-${this.stack}-${part}`;
  }

  /** The parts of all names: `host`, `seed`, `joiner-1`, … */
  get parts(): string[] {
    const joiners = Array.from(
      { length: this.#joiners },
      (_, position) => `joiner-${position + 1}`,
    );
    return ["host", "seed", ...joiners];
  }

  addressOf(part: string): string {
    const fixed = { host: 1, seed: 2 }[part];
    const [, index] = part.split("-");
    return this.#config.subnet.replace(/0\/\d+$/, String(fixed ?? Number(index) + 2));
  }

  /** The interface of the stack's network on the host. */
  async bridge(): Promise<string> {
    const id = await docker(["network", "inspect", "--format", "{{.Id}}", `serf-${this.stack}`]);
    return `br-${id.slice(0, 12)}`;
  }

  /** The pid on the host of a container's first process. */
  async pidOf(part: string): Promise<number> {
    const pid = Number(await docker(["inspect", "--format", "{{.State.Pid}}", this.named(part)]));
    // The engine's 0 for a container that is not running would mean this process's own group.
    if (pid === 0) throw new Error(`The container of ${part} is not running.`);
    return pid;
  }

  /** The members as one of them sees them. */
  async membersSeenBy(part: string): Promise<Member[]> {
    if (part === "host") return await this.project.membersOnHost(this.stack, this.#config.rpcPort);
    return await membersSeenBy({ kind: "container", name: this.named(part) }, 5000);
  }

  /** Waits until a member sees others as failed: only then is there something to recover from. */
  async expectFailed(side: string, failed: readonly string[], bound = 30): Promise<void> {
    const deadline = Date.now() + bound * 1000;
    for (;;) {
      const state = await this.#look(side, this.parts);
      const expected = failed.map((part) => `${this.named(part)}: failed`);
      if (state.faults.toSorted().join() === expected.toSorted().join()) return;
      if (Date.now() > deadline) throw new Error(`${report([state])}\nnot\n${expected.join("\n")}`);
      await pause(pollInterval);
    }
  }

  /**
   * Does something, then waits until all members see exactly each other alive, and keep doing so.
   *
   * @param fault has the bound in seconds, from the start of the action.
   * @param without members that are expected to be missing.
   * @returns how many seconds it took.
   */
  async secondsUntilWhole(
    { bound, takesUp }: Fault,
    action: () => unknown,
    without: readonly string[] = [],
  ): Promise<number> {
    const began = Date.now();
    await action();
    const parts = this.parts.filter((part) => !without.includes(part));
    const sides = parts.filter(
      (_, index) => index < mostSides / 2 || index >= parts.length - mostSides / 2,
    );
    const steady = takesUp ? steadiness.afterUp : steadiness.byItself;
    let wholeSince: number | undefined;
    for (;;) {
      const states = await Promise.all(sides.map((side) => this.#look(side, parts)));
      const isWhole = states.every(({ faults }) => faults.length === 0);
      wholeSince = isWhole ? (wholeSince ?? Date.now()) : undefined;
      if (wholeSince !== undefined && Date.now() - wholeSince > steady) {
        return (wholeSince - began) / 1000;
      }
      if ((wholeSince ?? Date.now()) - began > bound * 1000) {
        throw new Error(`The cluster has not recovered after ${bound} s:\n${report(states)}`);
      }
      await pause(pollInterval);
    }
  }

  async end(): Promise<void> {
    await this.project.remove();
  }

  async #look(side: string, parts: readonly string[]): Promise<ViewState> {
    const expected = parts.map((part) => ({
      ...{ name: this.named(part), address: this.addressOf(part) },
      tags: { ...this.#tags, role: part.split("-")[0]! },
    }));
    try {
      const members = await this.membersSeenBy(side);
      const faults = [
        ...compareMembers(expected, members).filter(({ fault }) => fault !== "unexpected"),
        ...unexpectedAmong(members, expected).map(({ name }) => ({ name, fault: "unexpected" })),
      ];
      return { side, faults: faults.map(({ name, fault }) => `${name}: ${fault}`) };
    } catch (error) {
      return { side, faults: [`no answer: ${(error as Error).message.split("\n")[0]!}`] };
    }
  }
}

function report(states: readonly ViewState[]): string {
  return states.map(({ side, faults }) => `${side} sees\n  ${faults.join("\n  ")}`).join("\n");
}

/**
 * Causes a fault, or ends or repairs it, and expects the cluster to recover in time. Records the time if the run was
 * started with `--record`.
 *
 * @param without members that are expected to be missing.
 */
export async function measure(
  name: FaultName,
  cluster: Cluster,
  action: () => unknown,
  without: readonly string[] = [],
): Promise<void> {
  const seconds = await cluster.secondsUntilWhole(faults[name], action, without);
  const file = process.env[timesVariable];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ fault: name, seconds })}\n`);
}
