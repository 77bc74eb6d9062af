/** Records the times that the failure tests measure, and writes the table in the documents. */
import { paddedMarkdownTable } from "../../../../../lib/host/table.ts";
import { type Fault, type FaultName, faults } from "../faults.ts";

/** The file with the results, relative to the project's folder. */
export const resultsFile = "test/live/long/failures/recording/results.json";

/** The document with the table. */
export const documentFile = "docs/reliability.md";

/** The environment variable with the file to which the tests append their times. */
export const timesVariable = "SERF_FAULT_TIMES";

/** One line of that file. */
interface Time {
  readonly fault: FaultName;
  readonly seconds: number;
}

/** The content of results.json. */
export interface Results {
  readonly date: string;
  /** Facts about the machine that affect the times. */
  readonly machine: Readonly<Record<string, string>>;
  /** By fault; one value per repetition. */
  readonly seconds: Readonly<Partial<Record<FaultName, readonly number[]>>>;
}

/**
 * Adds a run's measurements to earlier results. A run may cover only some of the faults. Earlier results from another
 * machine or version are dropped, since the times cannot be compared.
 *
 * @param lines the lines that the tests have appended.
 */
export function merge(
  earlier: Results | undefined,
  lines: string,
  { date, machine }: Pick<Results, "date" | "machine">,
): Results {
  const times = lines
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Time);
  const measured = Object.fromEntries(
    Object.entries(Object.groupBy(times, ({ fault }) => fault)).map(([fault, those]) => [
      fault,
      those.map(({ seconds }) => Number(seconds.toFixed(1))),
    ]),
  );
  const isSame = JSON.stringify(earlier?.machine) === JSON.stringify(machine);
  const all: Results["seconds"] = { ...(isSame && earlier?.seconds), ...measured };
  const inOrder = Object.keys(faults).filter((name) => name in all) as FaultName[];
  return { date, machine, seconds: Object.fromEntries(inOrder.map((name) => [name, all[name]])) };
}

const begin = "<!-- failures: made by `npm run test:failures -- --record` -->";
const end = "<!-- end of failures -->";

/**
 * Replaces the table between the marks of the document.
 *
 * @throws Error when the document does not have the marks.
 */
export function withTable(document: string, results: Results): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`${documentFile} has no marks for the table: ${begin}`);
  const parts = [begin, table(results), origin(results), document.slice(to)];
  return document.slice(0, from) + parts.join("\n\n");
}

function origin({ date, machine }: Results): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return `Measured on ${date}: ${facts.join(", ")}.`;
}

function table({ seconds }: Results): string {
  const rows = Object.entries<Fault>(faults).map(([name, { what, takesUp }]) => [
    what,
    takesUp ? "one `up`" : "none",
    recoveryTime(seconds[name as FaultName]),
  ]);
  const [heading, lastColumn] = [["fault", "action needed", "recovery time"], 2];
  return paddedMarkdownTable([heading, ...rows], (column) => column === lastColumn);
}

/** One time, or the shortest and the longest of several. */
function recoveryTime(seconds: readonly number[] = []): string {
  if (seconds.length === 0) return "–";
  const [shortest, longest] = [Math.min(...seconds), Math.max(...seconds)];
  if (shortest === longest) return `${longest.toFixed(1)} s`;
  return `${shortest.toFixed(1)} to ${longest.toFixed(1)} s`;
}
