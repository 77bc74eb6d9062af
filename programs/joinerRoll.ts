/** Replaces joiners in steps, so that the cluster goes on. */
import type { JoinerPlan, JoinerSpec } from "../components/joinerPlan.ts";
import {
  describeDown,
  describeStop,
  downMembers,
  type FailedJoiner,
  formerSuffix,
  judgeStep,
  nameSome,
  nextBatch,
  type PresentMember,
  type Rolling,
  type StepState,
} from "../components/rollout.ts";
import type { FoundContainer } from "../components/standing.ts";
import { watch } from "./clusterWatch.ts";
import { containerLog } from "./containerExec.ts";
import { removeContainers, startContainer, stateOf, stopContainers } from "./containers.ts";
import { engine, EngineError, forEachParallel } from "./engineApi.ts";
import { joinersOf } from "./inventory.ts";
import { atOnce, createJoiner } from "./joinerContainer.ts";
import type { JoinersInput } from "./joiners.ts";

/** One that the engine had to start again so often does not come up. */
const mostRestarts = 3;

/**
 * Makes the joiners that should be, and takes down no more members at once than may be. Those that are
 * too many leave first, since that is asked for.
 *
 * A joiner's former container is stopped and kept until its successor is up, and takes the place back when that
 * does not come up.
 *
 * @throws Error when a new joiner does not come up, or another member goes down meanwhile; no further one
 *   is touched then.
 */
export async function rollJoiners(
  input: JoinersInput,
  rolling: Rolling,
  plan: JoinerPlan,
): Promise<void> {
  const wanted = new Map(plan.create.map((joiner) => [joiner.name, joiner]));
  await removeContainers(plan.remove.filter(({ name }) => !wanted.has(name)));
  const waiting = new Set(wanted.keys());
  while (waiting.size > 0) {
    const { batch, down } = await awaitRoom(rolling, [...waiting]);
    const step = await replace(
      input,
      batch.map((name) => wanted.get(name)!),
    );
    const { faults, lost } = await awaitStep(rolling, step, down);
    const done = step.filter(({ name }) => !faults.has(name));
    await removeContainers(done.flatMap(({ former }) => former ?? []));
    for (const { name } of done) waiting.delete(name);
    const changed = wanted.size - waiting.size;
    if (faults.size > 0 || lost.length > 0) {
      const failed = step.filter(({ name }) => faults.has(name));
      const failures = await takeBack(rolling, failed, faults, down);
      throw new Error(describeStop({ failures, lost, wanted: wanted.size, changed }));
    }
    console.error(`${nameSome(done)} came up; ${changed} of ${wanted.size} are changed.`);
  }
}

interface Room {
  /** Who is replaced next. */
  readonly batch: readonly string[];
  /** Who was down before. */
  readonly down: ReadonlySet<string>;
}

async function awaitRoom(rolling: Rolling, waiting: readonly string[]): Promise<Room> {
  const { maxUnavailable } = rolling;
  let down: readonly PresentMember[] = [];
  const room = await watch(rolling, [], ({ present, looks }) => {
    down = downMembers(present, looks);
    const batch = nextBatch(waiting, present, looks, maxUnavailable);
    return batch.length === 0 ? undefined : { batch, down: new Set(down.map(({ name }) => name)) };
  });
  if (room !== undefined) return room;
  throw new Error(`${waiting.length} joiners were not replaced: ${describeDown(down, rolling)}`);
}

/** A joiner in a step. */
interface StepJoiner {
  readonly name: string;
  /** The container that ran before. */
  readonly former: FoundContainer | undefined;
  /** Why the engine did not start the new one. */
  readonly error: string | undefined;
}

/** Starts new containers for joiners, in the place of those that are there. */
async function replace(input: JoinersInput, joiners: readonly JoinerSpec[]): Promise<StepJoiner[]> {
  const found = new Map((await joinersOf(input.labels)).map((one) => [one.name, one]));
  const done: StepJoiner[] = [];
  await forEachParallel(joiners, atOnce, async (joiner) => {
    const { name } = joiner;
    const there = found.get(name);
    const former = there?.isRunning === true ? there : undefined;
    const error = await errorOf(async () => {
      if (former === undefined) await removeContainers(there ? [there] : []);
      else await moveAside(former);
      const id = await createJoiner(input, joiner);
      await startContainer(id);
    });
    done.push({ name, former, error });
  });
  return done;
}

async function moveAside(former: FoundContainer): Promise<void> {
  await stopContainers([former]);
  await rename(former.id, `${former.name}${formerSuffix}`);
}

/** Waits until the new members are up and all others are as they were. */
async function awaitStep(
  rolling: Rolling,
  joiners: readonly StepJoiner[],
  down: ReadonlySet<string>,
): Promise<StepState> {
  const names = joiners.map(({ name }) => name);
  let last: StepState = { faults: new Map(), lost: [] };
  const decided = await watch(rolling, names, async ({ present, looks }) => {
    const { faults, lost } = judgeStep(names, present, looks, down);
    last = { faults, lost };
    if (faults.size === 0) return lost.length === 0 ? last : undefined;
    // Those that came up are kept, so it is not over before each has come up or failed.
    const ends = await Promise.all([...faults.keys()].map(endOf));
    if (ends.includes(undefined)) return undefined;
    return { faults: new Map([...faults.keys()].map((name, at) => [name, ends[at]!])), lost };
  });
  if (decided !== undefined) return decided;
  const late = [...last.faults].map(
    ([name, fault]) => [name, `after ${rolling.timeout} s ${fault}`] as const,
  );
  return { faults: new Map(late), lost: last.lost };

  /** Why a joiner will not come up, however long one waits. */
  async function endOf(name: string): Promise<string | undefined> {
    const { error } = joiners.find((joiner) => joiner.name === name)!;
    if (error !== undefined) return error;
    const { restarts } = await stateOf(name);
    return restarts < mostRestarts ? undefined : "its container ends whenever it is started";
  }
}

/** Removes containers that did not come up, and lets the former ones run again. */
async function takeBack(
  rolling: Rolling,
  failed: readonly StepJoiner[],
  faults: StepState["faults"],
  down: ReadonlySet<string>,
): Promise<FailedJoiner[]> {
  const logs = new Map<string, string>();
  await forEachParallel(failed, atOnce, async ({ name, former }) => {
    const now = (await joinersOf(rolling.labels)).find((found) => found.name === name);
    if (now !== undefined && now.id !== former?.id) {
      logs.set(name, await containerLog(now.id));
      await removeContainers([now]);
    }
    if (former === undefined) return;
    if (now?.id !== former.id) await rename(former.id, name);
    await startContainer(former.id);
  });
  const names = failed.flatMap(({ name, former }) => (former === undefined ? [] : [name]));
  let stillDown: readonly string[] = names;
  await watch(rolling, names, ({ present, looks }) => {
    stillDown = [...judgeStep(names, present, looks, down).faults.keys()];
    return stillDown.length === 0 || undefined;
  });
  return failed.map(({ name, former }) => ({
    name,
    reason: faults.get(name)!,
    log: logs.get(name) ?? "",
    outcome:
      former === undefined ? "removed" : stillDown.includes(name) ? "put back" : "runs again",
  }));
}

/** @returns the message of the engine's error, or undefined when there was none. */
async function errorOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

async function rename(id: string, name: string): Promise<void> {
  await engine({ method: "POST", path: `/containers/${id}/rename?name=${name}` });
}
