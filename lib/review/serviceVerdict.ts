/** The sentences that say what a change does to the services of a Swarm. */
import { actionOf, changedProperties, partsOf, type PreviewStep } from "./preview.ts";
import { isScaled, type ServiceChange } from "./services.ts";
import { lostData } from "./verdict.ts";

/** More services than these are counted and not named. */
const mostNamed = 3;

/** One sentence that says what happens to the services and their members. */
export function serviceVerdict(changes: readonly ServiceChange[]): string {
  const of = (fate: ServiceChange["fate"]) => changes.filter((change) => change.fate === fate);
  const restarted = [...Map.groupBy(of("restarted"), ({ parallelism }) => parallelism).values()];
  const parts = [
    ...comings(of("created"), "created", "after"),
    ...comings(of("deleted"), "deleted", "before"),
    ...does(of("recreated"), "taken down and created again"),
    ...restarted.map((some) => `the tasks of ${subject(some)} are replaced, ${paceOf(some)}`),
    ...scalings(changes.filter(isScaled)),
    ...does(
      of("updated").filter((change) => !isScaled(change)),
      "updated",
    ),
  ];
  if (parts.length === 0) return "No service is touched.";
  const isCalm = of("recreated").length + restarted.length === 0;
  const rest = [
    ...(of("untouched").length > 0 ? ["no other service is touched"] : []),
    ...(isCalm && of("created").length < changes.length ? ["nobody is restarted"] : []),
  ];
  return sentence([...parts, ...rest].join("; "));
}

/** How fast Swarm replaces the tasks of a service, or of each of several. */
export function paceOf([first, ...more]: readonly ServiceChange[]): string {
  if (first?.parallelism === undefined) return "all at once";
  return `at most ${first.parallelism} at a time${more.length > 0 ? " in each" : ""}`;
}

/** What takes many members down or ends the stack; each a sentence. */
export function serviceWarnings(
  steps: readonly PreviewStep[],
  changes: readonly ServiceChange[],
): string[] {
  const deleted = changes.filter(({ fate }) => fate === "deleted");
  const isEnd = deleted.length > 0 && deleted.length === changes.length;
  return [
    ...steps.flatMap(lostData),
    ...(isEnd
      ? ["All services are deleted: the cluster ends."]
      : comings(deleted, "deleted", "before").map(sentence)),
    ...downAtOnce(changes),
  ];
}

function downAtOnce(changes: readonly ServiceChange[]): string[] {
  const staying = changes.filter(({ fate }) => fate !== "created" && fate !== "deleted");
  const down = staying.filter(
    ({ fate, parallelism }) =>
      fate === "recreated" || (fate === "restarted" && parallelism === undefined),
  );
  const several = down.filter(({ before }) => before !== 1);
  if (several.length === 0) return [];
  const whose = down.length === staying.length ? "" : ` of ${subject(several)}`;
  const advice = several.some(({ fate }) => fate === "restarted")
    ? " `maxUnavailable` lets Swarm replace them a few at a time."
    : "";
  return [`All members${whose} are down at the same time.${advice}`];
}

/** What happens to the cluster beside its members; each a sentence. */
export function serviceNotes(steps: readonly PreviewStep[]): string[] {
  const rotates = steps.some(
    (step) =>
      partsOf(step.urn).name === "key-rotation" &&
      actionOf(step) === "update" &&
      changedProperties(step).includes("stdin"),
  );
  return rotates
    ? ["The gossip key rotates in the running members before their tasks are replaced."]
    : [];
}

function comings(
  changes: readonly ServiceChange[],
  verb: string,
  when: "before" | "after",
): string[] {
  const groups = changes.length > mostNamed ? [changes] : changes.map((change) => [change]);
  return groups.flatMap((some) => does(some, `${verb} with ${membersIn(some, when)}`));
}

function does(changes: readonly ServiceChange[], verb: string): string[] {
  if (changes.length === 0) return [];
  return [`${subject(changes)} ${changes.length === 1 ? "is" : "are"} ${verb}`];
}

function subject(changes: readonly ServiceChange[]): string {
  return changes.length === 1 ? `service ${changes[0]!.name}` : `${changes.length} services`;
}

function membersIn(changes: readonly ServiceChange[], when: "before" | "after"): string {
  const total = totalOf(changes, when);
  const isGlobal = changes.some((change) => typeof change[when] !== "number");
  return [
    ...(total > 0 ? [`${total} ${total === 1 ? "member" : "members"}`] : []),
    ...(isGlobal ? ["one on each node"] : []),
  ].join(" and ");
}

function totalOf(changes: readonly ServiceChange[], when: "before" | "after"): number {
  const counts = changes.map((change) => change[when]);
  return counts.reduce<number>((sum, one) => sum + (typeof one === "number" ? one : 0), 0);
}

function scalings(changes: readonly ServiceChange[]): string[] {
  if (changes.length > mostNamed) {
    const [before, after] = [totalOf(changes, "before"), totalOf(changes, "after")];
    return [`${subject(changes)} are scaled from ${before} to ${after} members in all`];
  }
  return changes.map(
    (change) => `${subject([change])} is scaled from ${change.before} to ${change.after}`,
  );
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`;
}
