import type { ContenderName, Metric, Results } from "../../../bench/support/result.ts";

/** Results with these figures, one round for each value. */
export function resultsOf(
  figures: readonly (readonly [ContenderName, number, Metric, readonly number[]])[],
  more: Partial<Results> = {},
): Results {
  return {
    date: "2026-01-02T03:04:05.000Z",
    machine: { cores: "2" },
    versions: { Pulumi: "v3" },
    profile: "lan",
    rounds: 3,
    sizes: [3, 100],
    limitParallelism: 4,
    parallelismTried: [],
    missing: {},
    measurements: figures.flatMap(([contender, joiners, metric, values]) =>
      values.map((value, index) => ({ contender, joiners, metric, value, round: index + 1 })),
    ),
    failures: [],
    ...more,
  };
}
