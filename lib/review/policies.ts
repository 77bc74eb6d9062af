/** What policies say of a preview. */
import { type Diagnostic, partsOf, type Preview } from "./preview.ts";

/** Something that breaks a policy. */
export interface PolicyViolation {
  readonly policy: string;
  /** Whether the change is refused for it. */
  readonly isMandatory: boolean;
  /** The resource's name; undefined for the stack as a whole. */
  readonly resource: string | undefined;
  readonly message: string;
}

/** A line of the log, as far as it is about a violation. */
interface LoggedEvent {
  readonly policyEvent?: {
    readonly policyName: string;
    readonly enforcementLevel: string;
    readonly resourceUrn?: string;
    readonly message: string;
  };
}

/**
 * Reads the violations in a log of Pulumi's events, which has one in JSON on each line. What `pulumi preview --json`
 * prints has none of them.
 */
export function violationsIn(log: string): PolicyViolation[] {
  const violations = log.split("\n").flatMap((line) => {
    if (!line.includes('"policyEvent"')) return [];
    const { policyEvent } = JSON.parse(line) as LoggedEvent;
    if (policyEvent === undefined) return [];
    const { policyName, enforcementLevel, resourceUrn = "", message } = policyEvent;
    const { type, name } = partsOf(resourceUrn);
    const isStack = name === "" || type === "pulumi:pulumi:Stack";
    return {
      ...{ policy: policyName, isMandatory: enforcementLevel === "mandatory" },
      resource: isStack ? undefined : name,
      message: messageIn(message),
    };
  });
  return violations.sort(
    (a, b) => compare(a.policy, b.policy) || compare(a.resource ?? "", b.resource ?? ""),
  );
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** What the policy reported, without its description, which comes first. */
function messageIn(text: string): string {
  const lines = text.trim().split("\n");
  return (lines.length > 1 ? lines.slice(1) : lines).join(" ");
}

/** The start of a verdict on a change that policies refuse; empty if none does. */
export function refusal(violations: readonly PolicyViolation[]): string {
  const policies = violations.filter(({ isMandatory }) => isMandatory).map(({ policy }) => policy);
  return policies.length === 0 ? "" : `Refused by policy: ${[...new Set(policies)].join(", ")}. `;
}

/** All that Pulumi says in a preview itself when policies refuse the change. */
const refusedByPolicy = "error: preview failed";

/** Whether a preview failed for nothing but policies, so that it can be reviewed. */
export function isRefusedOnly(
  { diagnostics = [] }: Preview,
  violations: readonly PolicyViolation[],
): boolean {
  const isFault = ({ severity, message = "" }: Diagnostic) =>
    severity === "error" && message.trim() !== refusedByPolicy;
  return refusal(violations) !== "" && !diagnostics.some(isFault);
}

/** More resources than these are counted and not named. */
const mostNamed = 3;

/** More sentences than these are counted and not said. */
const mostSentences = 20;

/** A sentence for each policy and what it reports, with the resources. */
export function policySentences(violations: readonly PolicyViolation[]): string[] {
  const groups = [
    ...Map.groupBy(violations, ({ policy, message }) => `${policy} ${message}`).values(),
  ];
  const hidden = groups.length - mostSentences;
  const sentences = groups.slice(0, mostSentences).map((group) => {
    const { policy, message } = group[0]!;
    const names = group.flatMap(({ resource }) => resource ?? []);
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
    const where = names.length === 0 ? "" : ` (${names.slice(0, mostNamed).join(", ")}${more})`;
    return `${policy}${where}: ${message}`;
  });
  return hidden > 0 ? [...sentences, `… and ${hidden} more`] : sentences;
}
