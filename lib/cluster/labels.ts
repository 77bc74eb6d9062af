/** The labels that mark everything of a stack on an engine. Part of the contract. */
export type Labels = Readonly<Record<"serf.project" | "serf.stack", string>>;

export function labelsOf(project: string, stack: string): Labels {
  return { "serf.project": project, "serf.stack": stack };
}

/** Tells what a container of a stack is for: the role of its agent, `writer` or `trial`. */
export const roleLabel = "serf.role";

type AgentRole = (typeof agentRoles)[number];

/** The roles of containers with a member of the cluster. */
export const agentRoles = ["seed", "joiner", "host"] as const;

/** On an agent's container: whose configuration it reads; a group of joiners, `seed` or `host`. */
export const groupLabel = "serf.group";

/** On an agent's container: a hash of what it was made from. */
export const specLabel = "serf.spec";

/** How often what carries it had to be recreated; `lib/drift/engineState.ts` says what for. */
export const generationLabel = "serf.generation";

/** What tells an agent's container from others. */
export interface AgentMarks {
  readonly role: AgentRole;
  readonly group: string;
  readonly spec: string;
  readonly generation: string;
}

/** The labels of an agent's container. */
export function agentLabels(labels: Labels, marks: AgentMarks): Record<string, string> {
  return {
    ...labels,
    [roleLabel]: marks.role,
    [groupLabel]: marks.group,
    [specLabel]: marks.spec,
    [generationLabel]: marks.generation,
  };
}

/** The labels in the form that containers and networks take. */
export function labelList(
  labels: Readonly<Record<string, string>>,
): { label: string; value: string }[] {
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}

/** Whether what was found on an engine carries all the wanted labels. */
export function carries(found: Readonly<Record<string, string>> | null, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => found?.[key] === value);
}

/** The docker client's arguments that choose what carries the labels. */
export function labelFilters(labels: Labels): string[] {
  return Object.entries(labels).flatMap(([key, value]) => ["--filter", `label=${key}=${value}`]);
}
