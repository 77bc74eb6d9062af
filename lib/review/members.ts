/** What a preview does to the members of the cluster. */
import { groupLabel, roleLabel } from "../cluster/labels.ts";
import { compareNames } from "../cluster/members.ts";
import { actionOf, changedProperties, partsOf, type PreviewStep } from "./preview.ts";

/** What happens to a member. `reloads`: its agent takes over other tags, handlers or join addresses as it runs. */
type Fate = "joins" | "leaves" | "restarts" | "reloads" | "stays";

export interface MemberChange {
  readonly name: string;
  readonly role: "seed" | "joiner" | "host";
  readonly fate: Fate;
  /** The properties for which it is replaced; none where it is not. */
  readonly reasons: readonly string[];
}

const containerType = "docker:index/container:Container";
const hostAgentType = "serf:cluster:HostAgent";

/** Each member of the cluster before or after the change, in the order seed, joiners, host. */
export function memberChanges(steps: readonly PreviewStep[]): MemberChange[] {
  const reloaded = reloadedGroups(steps);
  const changes = steps.flatMap((step) => memberChange(step, reloaded) ?? []);
  const ranks = ["seed", "joiner", "host"];
  return changes.sort(
    (a, b) => ranks.indexOf(a.role) - ranks.indexOf(b.role) || compareNames(a.name, b.name),
  );
}

function memberChange(step: PreviewStep, reloaded: ReadonlySet<string>): MemberChange | undefined {
  const { type } = partsOf(step.urn);
  const inputs = step.newState?.inputs ?? step.oldState?.inputs ?? {};
  if (type === hostAgentType) return hostProcess(step, inputs);
  const labels = labelsIn(inputs["labels"]);
  const role = labels.get(roleLabel);
  if (type !== containerType || (role !== "seed" && role !== "joiner" && role !== "host")) {
    return undefined;
  }
  const name = String(inputs["name"]);
  const isReloaded = reloaded.has(labels.get(groupLabel) ?? "");
  const fate = fateOf(step, isReloaded ? "reloads" : "stays");
  return fate && { name, role, fate, reasons: fate === "restarts" ? changedProperties(step) : [] };
}

function fateOf(step: PreviewStep, untouched: Fate): Fate | undefined {
  const action = actionOf(step);
  if (action === undefined) return undefined;
  const fates = { create: "joins", delete: "leaves", replace: "restarts" } as const;
  return action === "update" || action === "same" ? untouched : fates[action];
}

/** What the host's agent takes over while it runs; anything else restarts its process. */
const conduct = ["tags", "join", "isFirst", "labels", "timeout"];

function hostProcess(
  step: PreviewStep,
  inputs: Readonly<Record<string, unknown>>,
): MemberChange | undefined {
  const before = step.oldState?.inputs ?? {};
  const differing = Object.keys({ ...before, ...inputs }).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(inputs[key]),
  );
  const isChanged = actionOf(step) === "update" && differing.length > 0;
  const reasons = isChanged ? differing.filter((key) => !conduct.includes(key)) : [];
  const untouched = reasons.length > 0 ? "restarts" : isChanged ? "reloads" : "stays";
  const fate = fateOf(step, untouched);
  return fate && { name: String(inputs["name"]), role: "host", fate, reasons: reasons.sort() };
}

function labelsIn(value: unknown): ReadonlyMap<string, string> {
  const labels = Array.isArray(value) ? (value as { label: string; value: string }[]) : [];
  return new Map(labels.map(({ label, value: text }) => [label, text]));
}

/** The groups of agents in containers whose configuration is written again with other content. */
function reloadedGroups(steps: readonly PreviewStep[]): ReadonlySet<string> {
  const groups = steps
    .filter((step) => actionOf(step) === "update")
    .flatMap(({ oldState, newState }) => {
      const [before, after] = [oldState, newState].map((state) => fleetsIn(state?.inputs));
      return [...after!].flatMap(([group, fleet]) => {
        const former = before!.get(group);
        return former !== undefined && former !== fleet ? [group] : [];
      });
    });
  return new Set(groups);
}

/** What configurations a command writes, by the group of agents; none for any other resource. */
function fleetsIn(
  inputs: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, string> {
  const environment = inputs?.["environment"] as Readonly<Record<string, unknown>> | undefined;
  const text = environment?.["SERF_CONFIGURATIONS"];
  if (typeof text !== "string") return new Map();
  try {
    const { fleets } = JSON.parse(text) as { readonly fleets: readonly { group: string }[] };
    return new Map(fleets.map((fleet) => [fleet.group, JSON.stringify(fleet)]));
  } catch {
    return new Map();
  }
}
