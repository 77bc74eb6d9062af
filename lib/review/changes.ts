/** All changes of a preview, by resource. */
import { actionOf, changedProperties, isResource, partsOf, type PreviewStep } from "./preview.ts";

const verbs = [
  ["create", "to create"],
  ["replace", "to replace"],
  ["update", "to update"],
  ["delete", "to delete"],
  ["same", "unchanged"],
] as const;

/** How many resources are created, replaced and so on, as a sentence. */
export function countsOf(steps: readonly PreviewStep[]): string {
  const resources = steps.filter((step) => isResource(step));
  const counts = verbs.flatMap(([action, verb]) => {
    const count = resources.filter((step) => actionOf(step) === action).length;
    return count === 0 ? [] : [`${count} ${verb}`];
  });
  return `Resources: ${counts.join(", ") || "none"}.`;
}

const signs: Readonly<Record<string, string>> = {
  create: "+ ",
  replace: "! ",
  update: "! ",
  delete: "- ",
};

/** A line for each change, with the values of properties that are short and no secret. */
export function linesOf(steps: readonly PreviewStep[]): string[] {
  return steps.filter(isResource).flatMap((step) => {
    const action = actionOf(step) ?? "same";
    const sign = signs[action];
    if (sign === undefined) return [];
    const { type, name } = partsOf(step.urn);
    const head = `${sign}${action} ${type.replace(/^.*:/, "")} ${name}`;
    if (action === "create" || action === "delete") return [head];
    return [
      head,
      ...changedProperties(step).map((property) => `!     ${property}${values(step, property)}`),
    ];
  });
}

/** What Pulumi prints in the place of a secret. */
const secretMark = "[secret]";

function values({ oldState, newState }: PreviewStep, property: string): string {
  const [before, after] = [oldState, newState].map((state) => shown(state?.inputs?.[property]));
  return before === undefined || after === undefined ? "" : `: ${before} → ${after}`;
}

/** A value that can be read at a glance, and is no secret; else undefined. */
function shown(value: unknown): string | undefined {
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  const text = isPlain ? String(value) : undefined;
  if (text === undefined || text.length > 80 || text.includes(secretMark)) return undefined;
  return /[\n`]/.test(text) ? undefined : text;
}
