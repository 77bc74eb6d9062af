/** What `npm run stacks` prints. */
import { formatTable } from "../../../lib/host/table.ts";
import { ageOf, type EngineStack, hasEnded } from "./engineStacks.ts";

/**
 * Where a stack's state is: in this backend, in another one, or in this one without being readable.
 */
export type Origin = "here" | "elsewhere" | "unreadable";

/** A stack with what this machine knows about it. */
export interface ListedStack extends EngineStack {
  readonly origin: Origin;
}

/** @param now in milliseconds of the engine's clock. */
export function tableOf(stacks: readonly ListedStack[], now: number): string {
  if (stacks.length === 0) return "The engine has no stacks.";
  return formatTable([
    ["STACK", "MEMBERS", "AGE", "OWNER", "TTL", "STATE"],
    ...stacks.map((stack) => [
      stack.name,
      `${stack.running}/${stack.members}`,
      ageText(ageOf(stack, now)),
      stack.owner ?? "-",
      (stack.ttl ?? "-") + (hasEnded(stack, now) ? ", ended" : ""),
      stack.origin,
    ]),
  ]);
}

/** The rows as JSON; what does not show is null. */
export function jsonOf(stacks: readonly ListedStack[], now: number): string {
  const rows = stacks.map((stack) => ({
    name: stack.name,
    members: stack.members,
    running: stack.running,
    created: stack.created === undefined ? null : new Date(stack.created).toISOString(),
    age: ageOf(stack, now) ?? null,
    owner: stack.owner ?? null,
    ttl: stack.ttl ?? null,
    hasEnded: hasEnded(stack, now),
    state: stack.origin,
  }));
  return JSON.stringify(rows, null, 2);
}

/** A duration in the largest unit of which there are at least two. */
export function ageText(seconds: number | undefined): string {
  if (seconds === undefined) return "-";
  const units = [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const;
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? (["s", 1] as const);
  return `${Math.floor(seconds / size)}${unit}`;
}
