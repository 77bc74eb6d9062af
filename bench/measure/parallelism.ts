import type { Profile } from "../../lib/agents/config.ts";
import { limit } from "../contenders/limit.ts";
import { formatSeconds, median } from "../report/figures.ts";
import { removeLeftovers } from "./leftovers.ts";
import { nextPlace } from "../support/place.ts";
import { say } from "../support/progress.ts";
import type { Parallelism } from "../support/result.ts";
import { measureUp } from "./steps.ts";

const candidates = [1, 2, 4, 8, 16];
const attempts = 2;
const joiners = 20;

/** Measures `up` with 20 joiners for several numbers of containers created at once. */
export async function tryParallelisms(profile: Profile): Promise<Parallelism[]> {
  const tried: { atOnce: number; seconds: number[] }[] = candidates.map((atOnce) => ({
    atOnce,
    seconds: [],
  }));
  // All once, then all again, so that a slow minute does not affect only one of them.
  for (let attempt = 1; attempt <= attempts; attempt++) {
    for (const { atOnce, seconds } of tried) {
      await nextPlace();
      const contender = limit(atOnce, profile);
      await contender.prepare(joiners);
      try {
        seconds.push((await measureUp(contender, joiners)).up);
      } finally {
        await removeLeftovers();
      }
      say(`limit, ${atOnce} at once, N = ${joiners}: ${formatSeconds(seconds.at(-1))} s`);
    }
  }
  return tried;
}

/** The number with the lowest median. */
export function best(tried: readonly Parallelism[]): number {
  const figure = ({ seconds }: Parallelism) => median(seconds) ?? Infinity;
  return tried.reduce((a, b) => (figure(b) < figure(a) ? b : a)).atOnce;
}
