/** The summary of a change to a stack whose members are run by Swarm. */
import type { PreviewStep } from "./preview.ts";
import { isScaled, type ServiceChange, serviceChanges } from "./services.ts";
import { paceOf, serviceNotes, serviceVerdict, serviceWarnings } from "./serviceVerdict.ts";
import { type Summary, tableOf } from "./summary.ts";

/** Undefined if the stack has no services. */
export function serviceSummary(steps: readonly PreviewStep[]): Summary | undefined {
  const changes = serviceChanges(steps);
  if (changes.length === 0) return undefined;
  const rows = changes.filter(({ fate }) => fate !== "untouched").map(row);
  return {
    verdict: serviceVerdict(changes),
    warnings: serviceWarnings(steps, changes),
    notes: serviceNotes(steps),
    table: tableOf(["service", "members", "what happens", "why"], rows),
  };
}

function row(change: ServiceChange): string[] {
  const { name, before, after, reasons } = change;
  const members = before === after ? String(after) : `${before} → ${after}`;
  return [name, members, happening(change), reasons.join(", ")];
}

function happening(change: ServiceChange): string {
  const happenings = {
    created: "is created",
    deleted: "is deleted",
    recreated: "is taken down and created again",
    restarted: `its tasks are replaced, ${paceOf([change])}`,
    updated: "is updated; its tasks stay",
    untouched: "stays",
  } as const;
  if (!isScaled(change)) return happenings[change.fate];
  return change.fate === "restarted" ? `is scaled, ${happenings.restarted}` : "is scaled";
}
