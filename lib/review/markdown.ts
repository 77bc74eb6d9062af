/** A review of a preview in Markdown, for a pull request or a terminal. */
import { formatTable, markdownTable } from "../host/table.ts";
import { type MemberChange, memberChanges } from "./members.ts";
import { policySentences, type PolicyViolation, refusal } from "./policies.ts";
import {
  actionOf,
  changedProperties,
  isResource,
  partsOf,
  type Preview,
  type PreviewStep,
} from "./preview.ts";
import { type RolloutStep, rolloutSteps } from "./rollout.ts";
import { notes, verdict, warnings } from "./verdict.ts";

/** What a review is of. */
export interface ReviewedStack {
  readonly stack: string;
  /** How many members a change may take down at once; undefined: all. */
  readonly maxUnavailable: number | undefined;
  /** What breaks a policy. Default: nothing. */
  readonly violations?: readonly PolicyViolation[];
}

/** GitHub takes 65,536 characters for a comment; some are left for who posts it. */
export const mostCharacters = 60_000;

/** More members than these are counted and not listed. */
const mostMembers = 100;

/** How a member's fate is called in the table. */
const fates: Readonly<Record<MemberChange["fate"], string>> = {
  joins: "joins",
  leaves: "leaves",
  restarts: "is replaced",
  reloads: "reloads its configuration",
  stays: "stays",
};

/** The review as Markdown, never longer than {@link mostCharacters}. */
export function markdownReview(preview: Preview, of: ReviewedStack): string {
  const { summary, rows, counts, lines } = reviewOf(preview, of);
  const head = [
    `### Stack \`${of.stack}\``,
    `**${summary.verdict}**`,
    ...summary.warnings.map((text) => `> [!CAUTION]\n> ${text}`),
    ...summary.notes,
    ...(rows.length === 0 ? [] : [markdownTable([header, ...rows])]),
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
  const { summary, rows, counts } = reviewOf(preview, of);
  return [
    summary.verdict,
    ...summary.warnings.map((text) => `CAUTION: ${text}`),
    ...summary.notes,
    ...(rows.length === 0 ? [] : [formatTable([header.map((one) => one.toUpperCase()), ...rows])]),
    counts,
  ].join("\n");
}

/** The errors of a preview that failed, or what else it has said. */
export function reasonOf(preview: Preview | undefined, said: string): string {
  const messages = (preview?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message = "" }) => message.trim());
  return messages.join("\n") || said.trim();
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

const header = ["member", "what happens", "when", "why"];

function reviewOf({ steps = [] }: Preview, { maxUnavailable, violations = [] }: ReviewedStack) {
  const changes = memberChanges(steps);
  const rollout = rolloutSteps(changes, maxUnavailable);
  const [refused, advised] = [true, false].map((isMandatory) =>
    policySentences(violations.filter((one) => one.isMandatory === isMandatory)),
  ) as [string[], string[]];
  return {
    summary: {
      verdict: refusal(violations) + verdict(changes, maxUnavailable),
      warnings: [...refused, ...warnings(steps, changes, maxUnavailable)],
      notes: [...notes(steps), ...advised.map((sentence) => `Advised by policy: ${sentence}`)],
    },
    rows: rowsOf(changes, rollout),
    counts: countsOf(steps),
    lines: linesOf(steps),
  };
}

function rowsOf(changes: readonly MemberChange[], rollout: readonly RolloutStep[]): string[][] {
  const rows = [
    ...rollout.flatMap(({ members }, index) =>
      members.map((member) => row(member, rollout.length > 1 ? `step ${index + 1}` : "at once")),
    ),
    ...changes.filter(({ fate }) => fate === "reloads").map((member) => row(member, "as it runs")),
  ];
  const hidden = rows.length - mostMembers;
  return hidden > 0 ? [...rows.slice(0, mostMembers), [`… and ${hidden} more`, "", "", ""]] : rows;
}

function row({ name, fate, reasons }: MemberChange, when: string): string[] {
  return [name, fates[fate], when, reasons.filter((reason) => reason !== "labels").join(", ")];
}

const verbs = [
  ["create", "to create"],
  ["replace", "to replace"],
  ["update", "to update"],
  ["delete", "to delete"],
  ["same", "unchanged"],
] as const;

function countsOf(steps: readonly PreviewStep[]): string {
  const resources = steps.filter((step) => isResource(step));
  const counts = verbs.flatMap(([action, verb]) => {
    const count = resources.filter((step) => actionOf(step) === action).length;
    return count === 0 ? [] : [`${count} ${verb}`];
  });
  return `Resources: ${counts.join(", ") || "none"}.`;
}

const signs: Readonly<Record<string, string>> = {
  create: "+ ",
  replace: "! ",
  update: "! ",
  delete: "- ",
};

/** A line for each change, with the values of properties that are short and no secret. */
function linesOf(steps: readonly PreviewStep[]): string[] {
  return steps.filter(isResource).flatMap((step) => {
    const action = actionOf(step) ?? "same";
    const sign = signs[action];
    if (sign === undefined) return [];
    const { type, name } = partsOf(step.urn);
    const head = `${sign}${action} ${type.replace(/^.*:/, "")} ${name}`;
    if (action === "create" || action === "delete") return [head];
    return [
      head,
      ...changedProperties(step).map((property) => `!     ${property}${values(step, property)}`),
    ];
  });
}

/** What Pulumi prints in the place of a secret. */
const secretMark = "[secret]";

function values({ oldState, newState }: PreviewStep, property: string): string {
  const [before, after] = [oldState, newState].map((state) => shown(state?.inputs?.[property]));
  return before === undefined || after === undefined ? "" : `: ${before} → ${after}`;
}

/** A value that can be read at a glance, and is no secret; else undefined. */
function shown(value: unknown): string | undefined {
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  const text = isPlain ? String(value) : undefined;
  if (text === undefined || text.length > 80 || text.includes(secretMark)) return undefined;
  return /[\n`]/.test(text) ? undefined : text;
}
