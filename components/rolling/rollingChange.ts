/** Lets a deployment replace members a few at a time, while the cluster goes on. */
import * as pulumi from "@pulumi/pulumi";
import { stateOf } from "../../lib/containers/lifecycle.ts";
import { containerLog } from "../../lib/engine/exec.ts";
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

/** One that the engine had to start again so often does not come up. */
const mostRestarts = 3;

/** A member's container or process, from when it may be taken down until its successor is made. */
class Turn {
  readonly #begun: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #made: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Resolves when the member may be taken down. */
  readonly begun = this.#begun.promise;
  /** Resolves when its successor is there. */
  readonly made = this.#made.promise;

  begin(): void {
    this.#begun.resolve();
  }

  end(): void {
    this.#made.resolve();
  }
}

/** Who is made and replaced in a deployment. */
export interface ChangedMembers {
  /** Those that do not run: they come first and wait for nobody, since that takes nobody down. */
  readonly fresh: readonly string[];
  /** Those that run and are replaced, in stages: nobody of one is touched before the one before is done. */
  readonly replaced: readonly (readonly string[])[];
}

/**
 * Decides when each member is replaced. It works while the deployment is under way: whoever must wait has
 * an input that is not known before, and so is not sent to Pulumi's engine. Where it fails, the program ends with
 * its error, and Pulumi leaves those alone that still wait.
 *
 * In a preview nobody waits.
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

  /** What has to be awaited before a member is replaced; undefined when nothing has. */
  turnOf(name: string): Promise<void> | undefined {
    return this.waits(name) ? this.#turns.get(name)!.begun : undefined;
  }

  /** Tells what is known when a member's successor is there. */
  isMade(name: string, made: pulumi.Output<unknown>): void {
    made.apply(() => this.#turns.get(name)?.end());
  }

  /**
   * Lets all members have their turns, and resolves when the last has had it.
   *
   * @throws pulumi.RunError when a member does not come up, or another one goes down meanwhile.
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
        void pulumi.log.info(`${nameSome(members)} came up; ${changed} of ${wanted} are changed.`);
      }
    }
  }

  /** Who is down now, and so no fault of a step. */
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

  /** Waits until new members are there and up, and all others are as they were. */
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
      const ends = await Promise.all([...last.faults.keys()].map(endOf));
      return ends.some(Boolean) ? last : undefined;
    });
    const { faults, lost } = decided ?? last;
    if (faults.size === 0 && lost.length === 0) return;
    const failures = await Promise.all(
      [...faults].map(async ([name, reason]) => ({ name, reason, log: await containerLog(name) })),
    );
    throw new pulumi.RunError(describeStop({ failures, lost, ...progress }));
  }
}

/** Whether a member will not come up, however long one waits. */
async function endOf(name: string): Promise<boolean> {
  const state = await stateOf(name).catch(() => undefined);
  return (state?.restarts ?? 0) >= mostRestarts;
}
