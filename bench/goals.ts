import { formatRatio, formatSeconds, median, ratio, unknown, valuesOf } from "./figures.ts";
import type { ContenderName, Metric, Results } from "./result.ts";

/** What this project wants to be measured by. */
export interface Goal {
  readonly what: string;
  /** The goal is met at this figure or below it. */
  readonly atMost: number;
  readonly unit: "×" | "s";
  /** The figure; undefined when something of it was not measured. */
  readonly figure: (results: Results) => number | undefined;
}

/** The median of a metric. */
export function medianOf(
  { measurements }: Results,
  contender: ContenderName,
  joiners: number,
  metric: Metric,
): number | undefined {
  return median(valuesOf(measurements, contender, joiners, metric));
}

function against(contender: ContenderName, theirs: Metric, ours = theirs): Goal["figure"] {
  return (results) =>
    ratio(medianOf(results, "ours", 100, ours), medianOf(results, contender, 100, theirs));
}

export const goals: readonly Goal[] = [
  {
    what: "`up`, N = 100, by the engine's limit",
    atMost: 1.15,
    unit: "×",
    figure: against("limit", "up"),
  },
  {
    what: "`up`, N = 100, by `terraform apply`",
    atMost: 0.9,
    unit: "×",
    figure: against("terraform", "up"),
  },
  {
    what: "`up`, N = 100, by `compose up`",
    atMost: 0.65,
    unit: "×",
    figure: against("compose", "up"),
  },
  {
    what: "the same by `compose up` with a service for each joiner",
    atMost: 0.65,
    unit: "×",
    figure: against("compose, a service each", "up"),
  },
  {
    what: "preview that changes nothing, N = 100, by `terraform plan`",
    atMost: 0.4,
    unit: "×",
    figure: against("terraform", "plan"),
  },
  {
    what: "preview that changes nothing, N = 3",
    atMost: 1,
    unit: "s",
    figure: (results) => medianOf(results, "ours", 3, "plan"),
  },
  {
    what: "`up` from 100 joiners to 101",
    atMost: 3,
    unit: "s",
    figure: (results) => medianOf(results, "ours", 100, "grow"),
  },
  {
    what: "`destroy`, N = 100, by `compose down`",
    atMost: 1,
    unit: "×",
    figure: against("compose", "destroy"),
  },
  {
    what: "the same by `compose down` with a service for each joiner",
    atMost: 1,
    unit: "×",
    figure: against("compose, a service each", "destroy"),
  },
  {
    what: "last container's start to all alive, N = 100",
    atMost: 2,
    unit: "s",
    figure: (results) => medianOf(results, "ours", 100, "gap"),
  },
  {
    what: "`up`, N = 200 by N = 100",
    atMost: 2.1,
    unit: "×",
    figure: (results) =>
      ratio(medianOf(results, "ours", 200, "up"), medianOf(results, "ours", 100, "up")),
  },
];

/** A goal's figure in words, and whether it is met. */
export function judge(goal: Goal, results: Results): readonly [string, string] {
  const figure = goal.figure(results);
  if (figure === undefined) return [unknown, "not measured"];
  return [formatGoal(goal, figure), figure <= goal.atMost ? "met" : "**not met**"];
}

/** A figure in the goal's unit. */
export function formatGoal({ unit }: Pick<Goal, "unit">, value: number): string {
  return unit === "×" ? formatRatio(value) : `${formatSeconds(value)} s`;
}
