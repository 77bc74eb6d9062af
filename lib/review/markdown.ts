/** A review of a preview in Markdown, for a pull request or a terminal. */
import { formatTable, markdownTable } from "../host/table.ts";
import { countsOf, linesOf } from "./changes.ts";
import { memberSummary } from "./memberSummary.ts";
import { policySentences, type PolicyViolation, refusal } from "./policies.ts";
import type { Preview } from "./preview.ts";
import { serviceSummary } from "./serviceSummary.ts";
import type { Summary } from "./summary.ts";

/** What a review is of. */
export interface ReviewedStack {
  readonly stack: string;
  /** How many containers a change may take down at once; undefined: all. Services have their own limit. */
  readonly maxUnavailable: number | undefined;
  /** What breaks a policy. Default: nothing. */
  readonly violations?: readonly PolicyViolation[];
}

/** GitHub takes 65,536 characters for a comment; some are left for who posts it. */
export const mostCharacters = 60_000;

/** The review as Markdown, never longer than {@link mostCharacters}. */
export function markdownReview(preview: Preview, of: ReviewedStack): string {
  const { verdict, warnings, notes, table, counts, lines } = reviewOf(preview, of);
  const head = [
    `### Stack \`${of.stack}\``,
    `**${verdict}**`,
    ...warnings.map((text) => `> [!CAUTION]\n> ${text}`),
    ...notes,
    ...(table.length === 1 ? [] : [markdownTable(table)]),
    counts,
  ].join("\n\n");
  const details = (shown: readonly string[]) => {
    const hidden = lines.length - shown.length;
    const more = hidden > 0 ? `\n  … and ${hidden} more` : "";
    return `\n\n<details><summary>All changes</summary>\n\n\`\`\`diff\n${shown.join("\n")}${more}\n\`\`\`\n\n</details>\n`;
  };
  if (lines.length === 0) return `${head}\n`;
  let shown = lines.length;
  while (shown > 0 && head.length + details(lines.slice(0, shown)).length > mostCharacters) {
    shown = Math.floor(shown / 2);
  }
  return head + details(lines.slice(0, shown));
}

/** The review for a terminal, without the list of all changes. */
export function textReview(preview: Preview, of: ReviewedStack): string {
  const { verdict, warnings, notes, table, counts } = reviewOf(preview, of);
  return [
    verdict,
    ...warnings.map((text) => `CAUTION: ${text}`),
    ...notes,
    ...(table.length === 1 ? [] : [formatTable(capitals(table))]),
    counts,
  ].join("\n");
}

function capitals([heading = [], ...rows]: Summary["table"]): Summary["table"] {
  return [heading.map((one) => one.toUpperCase()), ...rows];
}

/** The errors of a preview that failed, or what else it has said. Neither begins with `error:`. */
export function reasonOf(preview: Preview | undefined, said: string): string {
  const messages = (preview?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message = "" }) => withoutLabel(message));
  return messages.join("\n") || withoutLabel(said);
}

function withoutLabel(message: string): string {
  return message.trim().replace(/^error: /, "");
}

/** The review of a preview that failed. */
export function failedReview(preview: Preview | undefined, said: string, stack: string): string {
  const reason = reasonOf(preview, said).slice(0, mostCharacters / 2);
  return [
    `### Stack \`${stack}\``,
    "**The preview failed, so nothing is known of what an `up` would change.**",
    `\`\`\`text\n${reason.replaceAll("```", "` ` `")}\n\`\`\``,
    `Mend that, then run \`npm run preview -- --stack ${stack}\` to see the change.\n`,
  ].join("\n\n");
}

function reviewOf({ steps = [] }: Preview, { maxUnavailable, violations = [] }: ReviewedStack) {
  const summary = serviceSummary(steps) ?? memberSummary(steps, maxUnavailable);
  const [refused, advised] = [true, false].map((isMandatory) =>
    policySentences(violations.filter((one) => one.isMandatory === isMandatory)),
  ) as [string[], string[]];
  return {
    verdict: refusal(violations) + summary.verdict,
    warnings: [...refused, ...summary.warnings],
    notes: [...summary.notes, ...advised.map((sentence) => `Advised by policy: ${sentence}`)],
    table: summary.table,
    counts: countsOf(steps),
    lines: linesOf(steps),
  };
}
