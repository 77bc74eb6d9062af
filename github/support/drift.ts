/** The issue about a stack's drift. */
import { UserError } from "../../lib/host/errors.ts";
import { markdownTable } from "../../lib/host/table.ts";
import { inert } from "./inert.ts";

/** A row of `npm run drift -- --json`. */
export interface DriftRow {
  readonly what: string;
  readonly declared: string;
  readonly found: string;
  readonly side: string;
}

/** The label of the issues. */
export const label = "drift";

/** GitHub refuses a longer text. */
export const mostCharacters = 65_536;

const sides: readonly unknown[] = ["configuration", "state", "engine", "membership"];

/**
 * Reads what `npm run drift -- --json` prints.
 *
 * @throws UserError if it is something else, and if it says of anything that it is not known.
 */
export function parseDrift(text: string, file: string): DriftRow[] {
  const rows = jsonIn(text);
  if (!Array.isArray(rows) || !rows.every(isRow)) {
    throw new UserError(
      `${file} is not what \`npm run --silent drift -- --stack NAME --json\` prints, so nobody knows what has drifted; ` +
        "the issue is left as it is.",
    );
  }
  const unknown = rows.filter(({ found }) => found === "unknown").map(({ what }) => what);
  if (unknown.length > 0) {
    throw new UserError(
      `The state of ${unknown.join(", ")} is not known, so nobody knows what has drifted; the issue is left as it is.`,
    );
  }
  return rows;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is DriftRow {
  if (typeof value !== "object" || value === null) return false;
  const { what, declared, found, side } = value as Record<string, unknown>;
  return [what, declared, found].every((text) => typeof text === "string") && sides.includes(side);
}

/** The first line of the issue, by which it is found. It is not shown. */
export function markerOf(stack: string): string {
  return `<!-- serf-cluster: the drift of stack ${stack} -->`;
}

export function titleOf(stack: string): string {
  return `Drift in stack ${stack}`;
}

/** The issue's text, never longer than {@link mostCharacters}. */
export function driftBody(stack: string, rows: readonly DriftRow[], runUrl?: string): string {
  let shown = rows.length;
  for (;;) {
    const body = bodyWith(stack, rows, shown, runUrl);
    if (body.length <= mostCharacters) return body;
    shown = Math.floor(shown / 2);
  }
}

function bodyWith(stack: string, rows: readonly DriftRow[], shown: number, runUrl?: string) {
  const hidden = rows.length - shown;
  const cells = rows
    .slice(0, shown)
    .map(({ what, declared, found, side }) => [what, declared, found, side].map(cell));
  return [
    markerOf(stack),
    `Stack \`${stack}\` differs from what is declared in ${rows.length} ${rows.length === 1 ? "place" : "places"}.`,
    ...(shown > 0 ? [markdownTable([["what", "declared", "found", "side"], ...cells])] : []),
    ...(hidden > 0 ? [`… and ${hidden} more.`] : []),
    `\`npm run drift -- --stack ${stack}\` lists the differences, \`npm start -- --stack ${stack}\` removes them. This ` +
      "issue is updated while they change, and closed when they are gone.",
    ...(runUrl === undefined ? [] : [`${runStart}${runUrl}).`]),
  ].join("\n\n");
}

function cell(text: string): string {
  return inert(text).replaceAll(/\s+/g, " ");
}

const runStart = "Found by [this run](";

/** Whether two texts tell of the same drift. Each run has another address. */
export function isSameDrift(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) =>
    text.replaceAll("\r\n", "\n").split(`\n\n${runStart}`)[0]!.trim(),
  );
  return a === b;
}

/** What is to be done with the issue. */
export type IssueAction = "open" | "reopen" | "update" | "close" | "nothing";

/** Decides that from the drift and from the stack's newest issue. */
export function issueAction(
  hasDrift: boolean,
  issue: { readonly state: string; readonly body: string } | undefined,
  body: string,
): IssueAction {
  const isOpen = issue?.state === "open";
  if (!hasDrift) return isOpen ? "close" : "nothing";
  if (issue === undefined) return "open";
  if (!isOpen) return "reopen";
  return isSameDrift(issue.body, body) ? "nothing" : "update";
}
