/** Takes down stacks that have outlived their ttl. */
import { foreground } from "../../../lib/host/foreground.mjs";
import { UserError } from "../../../lib/host/errors.ts";
import { askAtTerminal } from "../question.ts";
import { describeLeftovers, findLeftovers, keepsData } from "../stack/leftovers.ts";
import { readSettings } from "../stack/settings.ts";
import { readState } from "../stack/state.ts";
import { ageOf, hasEnded } from "./engineStacks.ts";
import { ageText, type ListedStack } from "./listing.ts";

/** What is done with a stack that has outlived its ttl. */
export interface Pruning {
  /** The stacks to take down. */
  readonly expired: readonly ListedStack[];
  /** Why others are left alone, each a sentence. */
  readonly skipped: readonly string[];
  /** Why others cannot be taken down although they should be, each a sentence. */
  readonly faults: readonly string[];
}

/** @param now in milliseconds of the engine's clock. */
export function pruningOf(stacks: readonly ListedStack[], now: number): Pruning {
  const ended = stacks.filter((stack) => hasEnded(stack, now));
  const from = (origin: ListedStack["origin"]) => ended.filter((stack) => stack.origin === origin);
  return {
    expired: from("here"),
    skipped: from("elsewhere").map(
      (stack) => `${describe(stack, now)}. Its state is in another backend, so it is left alone.`,
    ),
    faults: from("unreadable").map(
      (stack) =>
        `${describe(stack, now)}. Its state cannot be read, so it is left alone; ` +
        `\`npm stop -- --stack ${stack.name}\` says why.`,
    ),
  };
}

/** The beginning of a sentence. */
export function describe(stack: ListedStack, now: number): string {
  const owner = stack.owner === undefined ? "" : ` of ${stack.owner}`;
  return `Stack ${stack.name}${owner} is ${ageText(ageOf(stack, now))} old, and its ttl is ${stack.ttl!}`;
}

/**
 * Shows what would be removed, and removes it if `isConfirmed`, or after a question.
 *
 * @returns the exit code: 1 if a stack that has ended was not taken down.
 */
export async function prune(
  stacks: readonly ListedStack[],
  now: number,
  { isConfirmed, env }: { readonly isConfirmed: boolean; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  const { expired, skipped, faults } = pruningOf(stacks, now);
  for (const sentence of [...skipped, ...faults]) console.log(sentence);
  if (expired.length === 0) {
    if (skipped.length + faults.length === 0) console.log("No stack has outlived its ttl.");
    return faults.length === 0 ? 0 : 1;
  }
  const lines: string[] = [];
  for (const stack of expired) {
    lines.push(`${describe(stack, now)}. It has`, ...(await thingsOf(stack.name, env)));
  }
  if (isConfirmed) console.log(lines.join("\n"));
  else if (!(await ask(lines, expired))) return 1;
  const failed: string[] = [];
  for (const { name } of expired) {
    // A process of its own, as the user would run it: each stack may use another engine.
    const code = await foreground(process.execPath, ["cli/stop.ts", "--stack", name, "--yes"]);
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) {
    throw new UserError(
      `${failed.length} of ${expired.length} stacks could not be taken down: ${failed.join(", ")}. The reasons are above.`,
    );
  }
  return faults.length === 0 ? 0 : 1;
}

async function ask(lines: readonly string[], expired: readonly ListedStack[]): Promise<boolean> {
  return await askAtTerminal(
    lines.join("\n"),
    expired.length === 1 ? "Take it down?" : `Take all ${expired.length} down?`,
    "Nothing was removed. `npm run stacks -- --prune --yes` takes them down.",
  );
}

/** What a stack has, without what is kept when it is destroyed; one line per thing. */
async function thingsOf(stack: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const [settings, state] = await Promise.all([readSettings(stack, env), readState(stack, env)]);
  const resources = state.kind === "known" ? state.resources : [];
  const found = await findLeftovers(
    stack,
    keepsData(settings, resources),
    new Set(),
    settings.engines,
  );
  return describeLeftovers(found).map((line) => `  - ${line}`);
}
