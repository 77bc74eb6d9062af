/** The labels that mark everything of a stack on an engine. Part of the contract. */
export type Labels = Readonly<Record<"serf.project" | "serf.stack", string>>;

export function labelsOf(project: string, stack: string): Labels {
  return { "serf.project": project, "serf.stack": stack };
}

/** The labels in the form that containers and networks take. */
export function labelList(labels: Labels): { label: string; value: string }[] {
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}
