import { labelsOf } from "../../lib/cluster/labels.ts";
import { namesOf, project } from "../../lib/cluster/names.ts";
import { benchLabel, stack } from "./place.ts";

/** A container, network or volume, as the engine reports it. */
export interface Thing {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Whether the bench created it. The stack's labels alone are not enough: a container inherits its image's labels,
 * so any container that somebody runs from the bench's image has them.
 */
export function isOfBench({ name, labels }: Thing): boolean {
  if (labels[benchLabel] === "1") return true;
  const { prefix, network } = namesOf(project, stack);
  const hasLabels = Object.entries(labelsOf(project, stack)).every(
    ([key, value]) => labels[key] === value,
  );
  return hasLabels && (name === network || name.startsWith(`${prefix}-`));
}
