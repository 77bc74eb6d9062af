/** Replaces members a few at a time while the cluster keeps running. */
import * as pulumi from "@pulumi/pulumi";
import { stateOf } from "../../lib/containers/lifecycle.ts";
import { containerLog } from "../../lib/engine/exec.ts";
import { onEach } from "../../lib/engine/scope.ts";
import {
  describeDown,
  describeStop,
  downMembers,
  judgeStep,
  nameSome,
  nextBatch,
  type PresentMember,
  type Rolling,
  type StepState,
} from "../../lib/membership/rollout.ts";
import { watch } from "../../lib/membership/watch.ts";

/** A container that the engine has restarted this often is considered failed. */
const mostRestarts = 3;

/** The turn of one member: from the moment it may be taken down until its replacement exists. */
class Turn {
  readonly #begun: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #made: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Resolves when the member may be taken down. */
  readonly begun = this.#begun.promise;
  /** Resolves when its replacement exists. */
  readonly made = this.#made.promise;

  begin(): void {
    this.#begun.resolve();
  }

  end(): void {
    this.#made.resolve();
  }
}

/** The members that a deployment creates and replaces. */
export interface ChangedMembers {
  /**
   * Members that are not running. They come first and wait for nobody, since creating them takes no member down.
   */
  readonly fresh: readonly string[];
  /** Running members to replace, in stages: a stage begins when the previous one is complete. */
  readonly replaced: readonly (readonly string[])[];
}

/**
 * Decides when each member is replaced, while the deployment is running. A member that has to wait has an input
 * that is not resolved yet, so Pulumi's engine does not see the resource. If a step fails, the program ends with
 * its error, and Pulumi does not touch the members that are still waiting.
 *
 * In a preview no member waits.
 */
export class RollingChange {
  readonly #rolling: Rolling;
  readonly #members: ChangedMembers;
  readonly #turns: ReadonlyMap<string, Turn>;

  constructor(rolling: Rolling, members: ChangedMembers) {
    this.#rolling = rolling;
    this.#members = members;
    const all = [...members.fresh, ...members.replaced.flat()];
    this.#turns = new Map(all.map((name) => [name, new Turn()]));
    for (const name of members.fresh) this.#turns.get(name)!.begin();
  }

  /** Whether a member has to wait before it is replaced. */
  waits(name: string): boolean {
    return this.#members.replaced.some((stage) => stage.includes(name));
  }

  /** Resolves when the member may be replaced; undefined if it does not have to wait. */
  turnOf(name: string): Promise<void> | undefined {
    return this.waits(name) ? this.#turns.get(name)!.begun : undefined;
  }

  /** Registers an output that resolves when the member's replacement exists. */
  isMade(name: string, made: pulumi.Output<unknown>): void {
    made.apply(() => this.#turns.get(name)?.end());
  }

  /**
   * Gives all members their turns, and resolves when the last one is done.
   *
   * @throws pulumi.RunError when a replaced member does not come up, or another member goes down in the meantime.
   */
  async run(): Promise<void> {
    const { fresh, replaced } = this.#members;
    const wanted = replaced.flat().length;
    if (wanted === 0) return;
    if (fresh.length > 0) await this.#step(fresh, await this.#down(), { wanted, changed: 0 });
    let changed = 0;
    for (const stage of replaced) {
      const waiting = new Set(stage);
      while (waiting.size > 0) {
        const { batch, down } = await this.#awaitRoom([...waiting]);
        for (const name of batch) this.#turns.get(name)!.begin();
        await this.#step(batch, down, { wanted, changed });
        for (const name of batch) waiting.delete(name);
        changed += batch.length;
        const members = batch.map((name) => ({ name }));
        void pulumi.log.info(
          `${nameSome(members)} came up; ${changed} of ${wanted} members have been replaced.`,
        );
      }
    }
  }

  /** The members that are down now, for which the next step is not responsible. */
  async #down(): Promise<ReadonlySet<string>> {
    const down = await watch(this.#rolling, [], ({ present, looks }) =>
      downMembers(present, looks),
    );
    return new Set(down?.map(({ name }) => name));
  }

  async #awaitRoom(waiting: readonly string[]) {
    let down: readonly PresentMember[] = [];
    const room = await watch(this.#rolling, [], ({ present, looks }) => {
      down = downMembers(present, looks);
      const batch = nextBatch(waiting, present, looks, this.#rolling.maxUnavailable);
      if (batch.length === 0) return undefined;
      return { batch, down: new Set(down.map(({ name }) => name)) };
    });
    if (room !== undefined) return room;
    throw new pulumi.RunError(
      `${nameSome(waiting.map((name) => ({ name })))} ${waiting.length === 1 ? "was" : "were"} not replaced: ` +
        describeDown(down, this.#rolling),
    );
  }

  /** Waits until the new members exist and are up, and all other members are as before. */
  async #step(
    names: readonly string[],
    down: ReadonlySet<string>,
    progress: { readonly wanted: number; readonly changed: number },
  ): Promise<void> {
    if (names.length === 0) return;
    await Promise.all(names.map((name) => this.#turns.get(name)!.made));
    let last: StepState = { faults: new Map(), lost: [] };
    const decided = await watch(this.#rolling, names, async ({ present, looks }) => {
      last = judgeStep(names, present, looks, down);
      if (last.faults.size === 0) return last.lost.length === 0 ? last : undefined;
      const ends = await this.#onEach(() => Promise.all([...last.faults.keys()].map(endOf)));
      return ends.flat().some(Boolean) ? last : undefined;
    });
    const { faults, lost } = decided ?? last;
    if (faults.size === 0 && lost.length === 0) return;
    const failures = await Promise.all(
      [...faults].map(async ([name, reason]) => {
        const logs = await this.#onEach(() => containerLog(name));
        return { name, reason, log: logs.join("") };
      }),
    );
    throw new pulumi.RunError(describeStop({ failures, lost, ...progress }));
  }

  /** A container is on one of the engines; the others do not know it. */
  #onEach<T>(work: () => Promise<T>): Promise<T[]> {
    return onEach(this.#rolling.engines ?? [], work);
  }
}

/** Whether waiting any longer for a member is pointless. */
async function endOf(name: string): Promise<boolean> {
  const state = await stateOf(name).catch(() => undefined);
  return (state?.restarts ?? 0) >= mostRestarts;
}
