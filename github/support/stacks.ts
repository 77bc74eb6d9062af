/** Which stacks a change concerns. */
import { isStackName } from "../../lib/cluster/names.ts";

/** Stacks of a machine that somebody has for himself. They are neither reviewed nor deployed. */
const localStacks: readonly string[] = ["vagrant"];

/** The order in which the environments get a change; all others follow by name. */
const rolloutOrder: readonly string[] = ["dev", "staging", "prod"];

/** What cannot change what a stack declares: folders end with a slash. All that is not here can. */
const harmless: readonly RegExp[] = [
  /^(docs|test|bench|machine|github|\.github|\.ci|cli\/development)\//,
  /^[^/]+\.md$/,
  /^(LICENSE|Vagrantfile|renovate\.json|eslint\.config\.mjs|\.dependency-cruiser\.mjs)$/,
  /^\.(gitignore|prettierignore|prettierrc\.json)$/,
];

/** What a change means for the stacks. */
export interface Concern {
  readonly stacks: string[];
  /** The stacks whose files are gone. */
  readonly removed: string[];
}

/** Sorts stacks in the order in which they get a change. */
export function inRolloutOrder(stacks: readonly string[]): string[] {
  const place = (stack: string) => rolloutOrder.indexOf(stack) + 1 || Infinity;
  return [...stacks].sort((a, b) => (place(a) === place(b) ? compare(a, b) : place(a) - place(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** The deployed stacks among the project's files. */
export function deployedStacks(files: readonly string[]): string[] {
  const stacks = files.flatMap((file) => stackOf(file) ?? []);
  return inRolloutOrder(stacks.filter((stack) => !localStacks.includes(stack)));
}

/**
 * The stacks that a change concerns.
 *
 * @param files those in the project's folder after the change.
 * @param changed the paths of all files that were added, edited or removed.
 */
export function concernOf(files: readonly string[], changed: readonly string[]): Concern {
  const deployed = deployedStacks(files);
  const own = deployedStacks(changed);
  const concernsAll = changed.some(
    (file) => stackOf(file) === undefined && !harmless.some((pattern) => pattern.test(file)),
  );
  return {
    stacks: concernsAll ? deployed : own.filter((stack) => deployed.includes(stack)),
    removed: own.filter((stack) => !deployed.includes(stack)),
  };
}

/** The stack of a configuration file. */
function stackOf(file: string): string | undefined {
  const stack = /^Pulumi\.([^/]+)\.yaml$/.exec(file)?.[1];
  return stack !== undefined && isStackName(stack) ? stack : undefined;
}
