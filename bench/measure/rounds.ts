import type { Contender } from "../support/contender.ts";
import { formatSeconds } from "../report/figures.ts";
import { interrupted } from "../support/interrupt.ts";
import { removeLeftovers } from "./leftovers.ts";
import { nextPlace } from "../support/place.ts";
import { say } from "../support/progress.ts";
import type { Failure, Measurement, Metric } from "../support/result.ts";
import { measure, type Record, StepError } from "./steps.ts";

/** The image is rebuilt only up to this number of joiners, since that replaces every container. */
const mostRebuilt = 20;

/** The results of the rounds. */
export interface Tally {
  readonly measurements: Measurement[];
  readonly failures: Failure[];
}

/**
 * Measures every contender once per round at each size. If a contender fails, that is recorded and the others
 * are still measured.
 *
 * @param tally is filled during the run, so that the figures are kept when it is interrupted.
 */
export async function measureRounds(
  contenders: readonly Contender[],
  sizes: readonly number[],
  rounds: number,
  tally: Tally,
): Promise<void> {
  for (const joiners of sizes) {
    for (let round = 1; round <= rounds; round++) {
      for (const contender of rotated(contenders, round - 1)) {
        await once(contender, joiners, round, tally);
      }
    }
  }
}

/** Rotates the items, so that each round starts with another one. */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

async function once(contender: Contender, joiners: number, round: number, tally: Tally) {
  await nextPlace();
  const { name } = contender;
  const place = { contender: name, joiners, round };
  const title = `N = ${joiners}, round ${round}, ${name}`;
  const record: Record = (figures) => {
    for (const [metric, value] of Object.entries(figures) as [Metric, number][]) {
      tally.measurements.push({ ...place, metric, value });
      const text = metric === "state" ? `${value} bytes` : `${formatSeconds(value)} s`;
      say(`${title}: ${metric} ${text}`);
    }
  };
  try {
    await measure(contender, joiners, joiners <= mostRebuilt, record);
  } catch (error) {
    interrupted.throwIfAborted();
    const step = error instanceof StepError ? error.step : "bench";
    const reason = error instanceof Error ? error.message : String(error);
    tally.failures.push({ ...place, step, reason });
    say(`${title}: ${step} FAILED: ${reason}`);
  } finally {
    await contender.abandon?.();
    const left = await removeLeftovers();
    if (left > 0) say(`${title}: removed ${left} leftovers`);
  }
}
