/** The summary of a change to a stack whose members are containers. */
import { type MemberChange, memberChanges } from "./members.ts";
import type { PreviewStep } from "./preview.ts";
import { type RolloutStep, rolloutSteps } from "./rollout.ts";
import { type Summary, tableOf } from "./summary.ts";
import { notes, verdict, warnings } from "./verdict.ts";

/** How a member's fate is called in the table. */
const fates: Readonly<Record<MemberChange["fate"], string>> = {
  joins: "joins",
  leaves: "leaves",
  restarts: "is replaced",
  reloads: "reloads its configuration",
  stays: "stays",
};

/** @param maxUnavailable how many members a change may take down at once; undefined: all. */
export function memberSummary(
  steps: readonly PreviewStep[],
  maxUnavailable: number | undefined,
): Summary {
  const changes = memberChanges(steps);
  const rows = rowsOf(changes, rolloutSteps(changes, maxUnavailable));
  return {
    verdict: verdict(changes, maxUnavailable),
    warnings: warnings(steps, changes, maxUnavailable),
    notes: notes(steps),
    table: tableOf(["member", "what happens", "when", "why"], rows),
  };
}

function rowsOf(changes: readonly MemberChange[], rollout: readonly RolloutStep[]): string[][] {
  return [
    ...rollout.flatMap(({ members }, index) =>
      members.map((member) => row(member, rollout.length > 1 ? `step ${index + 1}` : "at once")),
    ),
    ...changes.filter(({ fate }) => fate === "reloads").map((member) => row(member, "as it runs")),
  ];
}

function row({ name, fate, reasons }: MemberChange, when: string): string[] {
  return [name, fates[fate], when, reasons.filter((reason) => reason !== "labels").join(", ")];
}
