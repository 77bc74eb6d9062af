export const projectLabel = "serf.project";

export const stackLabel = "serf.stack";

/** The labels of everything that belongs to a stack on an engine. They must never change. */
export type Labels = Readonly<Record<typeof projectLabel | typeof stackLabel, string>>;

export function labelsOf(project: string, stack: string): Labels {
  return { [projectLabel]: project, [stackLabel]: stack };
}

/** The purpose of a stack's container: the role of its agent, `writer` or `trial`. */
export const roleLabel = "serf.role";

type AgentRole = (typeof agentRoles)[number];

/** The roles of containers that run a member of the cluster. */
export const agentRoles = ["seed", "joiner", "host"] as const;

/** On an agent's container: the group whose configuration it reads; a group of joiners, `seed` or `host`. */
export const groupLabel = "serf.group";

/** On an agent's container, or the service of its task: a hash of its description. */
export const specLabel = "serf.spec";

/** On an agent's container: the name of its engine, if the stack has several. */
export const engineLabel = "serf.engine";

/** How often the labelled object had to be recreated; `lib/drift/engineState.ts` explains generations. */
export const generationLabel = "serf.generation";

/** On the lease of a stack: who brought it up first, or who is named as its owner. */
export const ownerLabel = "serf.owner";

/** On the lease of a stack: the time after which it may be taken down, for example `8h`. */
export const ttlLabel = "serf.ttl";

/** On the lease of a stack: the ports that it uses on the engine's host, separated by commas. */
export const portsLabel = "serf.ports";

/** The values of the labels that only an agent's container has. */
export interface AgentMarks {
  readonly role: AgentRole;
  readonly group: string;
  readonly spec: string;
  readonly generation: string;
  /** Default: the stack has one engine. */
  readonly engine?: string | undefined;
}

/** The labels of an agent's container. */
export function agentLabels(labels: Labels, marks: AgentMarks): Record<string, string> {
  return {
    ...labels,
    [roleLabel]: marks.role,
    [groupLabel]: marks.group,
    [specLabel]: marks.spec,
    [generationLabel]: marks.generation,
    ...(marks.engine !== undefined && { [engineLabel]: marks.engine }),
  };
}

/** The labels in the form that Pulumi's containers and networks use. */
export function labelList(
  labels: Readonly<Record<string, string>>,
): { label: string; value: string }[] {
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}

/** Whether an object found on an engine has all the wanted labels. */
export function carries(found: Readonly<Record<string, string>> | null, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => found?.[key] === value);
}

/** The docker client's arguments that select objects with these labels. */
export function labelFilters(labels: Labels): string[] {
  return Object.entries(labels).flatMap(([key, value]) => ["--filter", `label=${key}=${value}`]);
}
