import { labelsOf } from "../../lib/cluster/labels.ts";
import { namesOf, project } from "../../lib/cluster/names.ts";
import { benchLabel, stack } from "./place.ts";

/** What the engine tells of a container or a network. */
export interface Thing {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Whether the bench made it. The stack's labels alone do not tell: a container inherits those of its
 * image, so whoever runs the bench's image has them on containers of their own.
 */
export function isOfBench({ name, labels }: Thing): boolean {
  if (labels[benchLabel] === "1") return true;
  const { prefix, network } = namesOf(project, stack);
  const hasLabels = Object.entries(labelsOf(project, stack)).every(
    ([key, value]) => labels[key] === value,
  );
  return hasLabels && (name === network || name.startsWith(`${prefix}-`));
}
