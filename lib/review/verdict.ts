/** The sentences that say what a change does, the worst first. */
import { type MemberChange } from "./members.ts";
import { actionOf, changedProperties, partsOf, type PreviewStep } from "./preview.ts";

const volumeType = "docker:index/volume:Volume";
const networkType = "docker:index/network:Network";
const commandType = "command:local:Command";

/** One sentence that says what happens to the members. */
export function verdict(
  changes: readonly MemberChange[],
  maxUnavailable: number | undefined,
): string {
  const count = (fate: MemberChange["fate"]) =>
    changes.filter((change) => change.fate === fate).length;
  const [joins, leaves, restarts, reloads] = (
    ["joins", "leaves", "restarts", "reloads"] as const
  ).map(count) as [number, number, number, number];
  const parts = [
    ...phrase(joins, "joins", "join"),
    ...phrase(leaves, "leaves", "leave"),
    ...phrase(restarts, "is replaced", "are replaced"),
    ...phrase(reloads, "reloads its configuration", "reload their configuration"),
  ];
  const running = changes.length - joins;
  if (parts.length === 0) return running === 0 ? "There are no members." : "No member is touched.";
  const isRest = running > leaves + restarts + reloads;
  const sentence = [...parts, ...(isRest ? ["no other member is touched"] : [])].join(", ");
  const down = Math.min(restarts, maxUnavailable ?? restarts);
  return down === 0
    ? `${sentence}.`
    : `${sentence}; at most ${down} of ${running} ${down === 1 ? "is" : "are"} down at a time.`;
}

function phrase(count: number, one: string, many: string): string[] {
  if (count === 0) return [];
  return [`${count} ${count === 1 ? `member ${one}` : `members ${many}`}`];
}

/** What loses data, takes all members down or ends the stack; each a sentence. */
export function warnings(
  steps: readonly PreviewStep[],
  changes: readonly MemberChange[],
  maxUnavailable: number | undefined,
): string[] {
  const running = changes.filter(({ fate }) => fate !== "joins");
  const leaving = changes.filter(({ fate }) => fate === "leaves");
  const down = running.filter(({ fate }) => fate === "restarts" || fate === "leaves");
  const isAllDown = running.length > 1 && down.length === running.length;
  return [
    ...steps.flatMap(lostData),
    ...(leaving.length > 0 && leaving.length === changes.length
      ? ["All members leave: the cluster ends."]
      : isAllDown && maxUnavailable === undefined
        ? [
            `All ${running.length} members are down at the same time. \`maxUnavailable\` lets them be replaced a few ` +
              "at a time.",
          ]
        : []),
  ];
}

/** What loses the agents' data or the network. */
export function lostData(step: PreviewStep): string[] {
  const { type } = partsOf(step.urn);
  const action = actionOf(step);
  const isGone = action === "delete" || action === "replace";
  const name = String((step.oldState ?? step.newState)?.inputs?.["name"]);
  if (!isGone) return [];
  if (type === networkType && action === "replace") {
    return [`The network ${name} is replaced, and every member with it.`];
  }
  if (type !== volumeType || step.oldState?.retainOnDelete === true) return [];
  return name.endsWith("-data")
    ? [`The volume ${name} is deleted, with the data that the agents keep.`]
    : [];
}

/** What happens to the cluster beside its members; each a sentence. */
export function notes(steps: readonly PreviewStep[]): string[] {
  const rotates = steps.some((step) => {
    const { type, name } = partsOf(step.urn);
    if (type !== commandType) return false;
    const isNewKey = name === "secrets-gossip-key" && actionOf(step) === "replace";
    // The keys are what this command reads from standard input.
    const isOtherKey =
      name === "storage" &&
      actionOf(step) === "update" &&
      changedProperties(step).includes("stdin");
    return isNewKey || isOtherKey;
  });
  return rotates ? ["The gossip key rotates; no member leaves for that."] : [];
}
