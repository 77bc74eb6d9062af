import { aliveSeenBy } from "./engineExec.ts";
import { watch } from "./formation.ts";
import type { Contender } from "../support/contender.ts";
import type { Metric } from "../support/result.ts";

/** Records one or several figures of a step. */
export type Record = (figures: Partial<{ readonly [metric in Metric]: number }>) => void;

/** A step that failed. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
  }
}

/**
 * Runs all steps of a contender, from a clean engine to a clean engine.
 *
 * @param isRebuilt whether to rebuild the image in between, which replaces every container.
 * @throws StepError at the first step that fails.
 */
export async function measure(
  contender: Contender,
  joiners: number,
  isRebuilt: boolean,
  record: Record,
): Promise<void> {
  const { plan, apply, state, resize, touch, up, destroy } = contender;
  await step("prepare", () => contender.prepare(joiners));
  record(await step("up", () => measureUp(contender, joiners)));
  if (state) record({ state: await step("state", state) });
  if (plan) record({ plan: await seconds("plan", plan) });
  if (apply) record({ apply: await seconds("apply", apply) });
  if (resize) {
    await step("resize", () => resize(joiners + 1));
    record({ grow: await seconds("grow", up) });
    await step("grow", () => assertAlive(contender, joiners + 1));
    await step("resize", () => resize(joiners));
    record({ shrink: await seconds("shrink", up) });
  }
  if (touch && isRebuilt) {
    await step("touch", touch);
    record({ rebuild: await seconds("rebuild", up) });
    await step("rebuild", () => assertAlive(contender, joiners));
  }
  record({ destroy: await seconds("destroy", destroy) });
}

/** Brings the cluster up and waits until the seed sees all members alive. */
export async function measureUp(
  contender: Contender,
  joiners: number,
): Promise<{ up: number; cpu: number; gap: number }> {
  const containers = joiners + 1;
  const { seed, label, more } = contender;
  const watching = await watch({ seed, label, containers, members: containers + more });
  try {
    const begin = Date.now();
    const cpu = await contender.up();
    const returned = Date.now();
    if (contender.awaitsFormation) await assertAlive(contender, joiners);
    const { lastStart, formed } = await watching.formation();
    const end = contender.awaitsFormation ? returned : Math.max(returned, formed);
    return { up: (end - begin) / 1000, cpu, gap: (formed - lastStart) / 1000 };
  } finally {
    watching.end();
  }
}

async function assertAlive({ seed, more }: Contender, joiners: number): Promise<void> {
  const alive = (await aliveSeenBy(seed)).length;
  const expected = joiners + 1 + more;
  if (alive !== expected) throw new Error(`${seed} sees ${alive} alive, expected ${expected}`);
}

async function seconds(name: string, task: () => Promise<unknown>): Promise<number> {
  const begin = Date.now();
  await step(name, task);
  return (Date.now() - begin) / 1000;
}

async function step<T>(name: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw new StepError(name, error);
  }
}
