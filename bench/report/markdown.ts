import { markdownTable } from "../../lib/host/table.ts";
import {
  formatBytes,
  formatRatio,
  formatSeconds,
  formatSpread,
  median,
  ratio,
  spread,
  unknown,
  valuesOf,
} from "./figures.ts";
import { formatGoal, goals, judge, medianOf } from "./goals.ts";
import {
  type ContenderName,
  contenderNames,
  type Metric,
  metrics,
  type Results,
} from "../support/result.ts";

/** The metrics in the table of each N, with their headings. */
const columns = {
  up: "up",
  cpu: "CPU",
  gap: "gap",
  plan: "plan",
  apply: "apply",
  destroy: "destroy",
};

/** The metrics that only this project's contender has. */
const ownMetrics = ["grow", "shrink", "rebuild"] as const;

/** Renders results.md. */
export function renderMarkdown(results: Results): string {
  return [
    "# Results",
    `Measured on ${results.date.slice(0, 10)}. Times are in seconds: the median of the rounds, with the ` +
      "minimum and maximum in parentheses. `–` means not measured. README.md describes the method. " +
      `The agents' profile is ${results.profile}.`,
    "All contenders use the same image. It was built once at the beginning and kept under a tag of the " +
      "bench, so our own `up` finds all layers of its build in the engine's cache.",
    ...missingPart(results),
    "## Goals",
    markdownTable([
      ["goal", "at most", "measured", ""],
      ...goals.map((goal) => [goal.what, formatGoal(goal, goal.atMost), ...judge(goal, results)]),
    ]),
    "![Seconds of up by the number of joiners](up.svg)",
    ...results.sizes.flatMap((joiners) => sizePart(results, joiners)),
    "## What is measured",
    Object.entries(metrics)
      .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
      .join("\n"),
    "## Machine",
    markdownTable([["", ""], ...Object.entries({ ...results.machine, ...results.versions })]),
    ...parallelismPart(results),
    ...failurePart(results),
  ]
    .join("\n\n")
    .concat("\n");
}

function sizePart(results: Results, joiners: number): string[] {
  const heading = ["N = " + String(joiners), ...Object.values(columns), "up / limit", "state"];
  const limit = medianOf(results, "limit", joiners, "up");
  const rows = contenderNames.map((name) => [
    name,
    ...(Object.keys(columns) as Metric[]).map((metric) => cell(results, name, joiners, metric)),
    formatRatio(ratio(medianOf(results, name, joiners, "up"), limit)),
    formatBytes(medianOf(results, name, joiners, "state")),
  ]);
  const own = ownMetrics.map((metric) => [metrics[metric], cell(results, "ours", joiners, metric)]);
  const rounds = roundsOf(results, joiners);
  return [
    `## ${joiners} joiners, ${rounds} ${rounds === 1 ? "round" : "rounds"}`,
    markdownTable([heading, ...rows]),
    markdownTable([["ours", "seconds"], ...own]),
  ];
}

/** Counted, since an interrupted run has fewer rounds than requested. */
function roundsOf({ measurements }: Results, joiners: number): number {
  const ours = measurements.filter(
    (one) => one.contender === "ours" && one.joiners === joiners && one.metric === "up",
  );
  return ours.length;
}

function cell(results: Results, name: ContenderName, joiners: number, metric: Metric): string {
  const values = valuesOf(results.measurements, name, joiners, metric);
  const middle = median(values);
  return middle === undefined
    ? unknown
    : `${formatSeconds(middle)} (${formatSpread(spread(values))})`;
}

function missingPart({ missing }: Results): string[] {
  const entries = Object.entries(missing);
  if (entries.length === 0) return [];
  return [entries.map(([name, why]) => `- **${name} is missing**: ${why}`).join("\n")];
}

function parallelismPart({ limitParallelism, parallelismTried }: Results): string[] {
  if (limitParallelism === undefined) return [];
  const title = "## The limit's parallelism";
  const chosen = `The limit creates ${limitParallelism} containers at once.`;
  if (parallelismTried.length === 0)
    return [title, `${chosen} This was set with \`--parallelism\`.`];
  const tried = parallelismTried.map(({ atOnce, seconds }) => [
    String(atOnce),
    formatSeconds(median(seconds)),
    formatSpread(spread(seconds)),
  ]);
  return [
    title,
    `${chosen} This was the fastest of these, with 20 joiners:`,
    markdownTable([["at once", "median, s", "spread, s"], ...tried]),
  ];
}

function failurePart({ failures }: Results): string[] {
  if (failures.length === 0) return [];
  const rows = failures.map(({ contender, joiners, round, step, reason }) => [
    contender,
    String(joiners),
    String(round),
    step,
    reason.split("\n")[0]!.slice(0, 300),
  ]);
  return ["## Failures", markdownTable([["contender", "N", "round", "step", "reason"], ...rows])];
}
