import { formatRatio, formatSeconds, median, ratio, unknown, valuesOf } from "./figures.ts";
import type { ContenderName, Metric, Results } from "../support/result.ts";

/** A performance goal of this project. */
export interface Goal {
  readonly what: string;
  /** The goal is met when the figure is at most this. */
  readonly atMost: number;
  readonly unit: "×" | "s";
  /** The figure; undefined when it was not measured completely. */
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

/** Our figure divided by another contender's, with the same number of joiners. */
function relativeTo(
  contender: ContenderName,
  theirs: Metric,
  joiners = 100,
  ours = theirs,
): Goal["figure"] {
  return (results) =>
    ratio(medianOf(results, "ours", joiners, ours), medianOf(results, contender, joiners, theirs));
}

/** Most goals compare with Terraform, since it declares a resource per container as well. */
export const goals: readonly Goal[] = [
  {
    what: "`up`, N = 20, relative to `terraform apply`",
    atMost: 1.1,
    unit: "×",
    figure: relativeTo("terraform", "up", 20),
  },
  {
    what: "`up`, N = 100, relative to `terraform apply`",
    atMost: 1,
    unit: "×",
    figure: relativeTo("terraform", "up"),
  },
  {
    what: "`up`, N = 100, relative to `compose up`",
    atMost: 0.9,
    unit: "×",
    figure: relativeTo("compose", "up"),
  },
  {
    what: "preview that changes nothing, N = 3",
    atMost: 1.3,
    unit: "s",
    figure: (results) => medianOf(results, "ours", 3, "plan"),
  },
  {
    what: "preview that changes nothing, N = 100, relative to `terraform plan`",
    atMost: 1.2,
    unit: "×",
    figure: relativeTo("terraform", "plan"),
  },
  {
    what: "`destroy`, N = 100, relative to `terraform destroy`",
    atMost: 0.6,
    unit: "×",
    figure: relativeTo("terraform", "destroy"),
  },
  {
    what: "`up` from 100 joiners to 101, relative to `up` of 100",
    atMost: 0.25,
    unit: "×",
    figure: (results) =>
      ratio(medianOf(results, "ours", 100, "grow"), medianOf(results, "ours", 100, "up")),
  },
  {
    what: "processor time of `up`, N = 100",
    atMost: 14,
    unit: "s",
    figure: (results) => medianOf(results, "ours", 100, "cpu"),
  },
  {
    what: "last container's start to all alive, N = 100",
    atMost: 2,
    unit: "s",
    figure: (results) => medianOf(results, "ours", 100, "gap"),
  },
];

/** A goal's figure as text, and whether the goal is met. */
export function judge(goal: Goal, results: Results): readonly [string, string] {
  const figure = goal.figure(results);
  if (figure === undefined) return [unknown, "not measured"];
  return [formatGoal(goal, figure), figure <= goal.atMost ? "met" : "**not met**"];
}

/** A figure in the goal's unit. */
export function formatGoal({ unit }: Pick<Goal, "unit">, value: number): string {
  return unit === "×" ? formatRatio(value) : `${formatSeconds(value)} s`;
}
