/** Who is replaced when, where no more than so many members may be down at once. */
import type { AgentIdentity } from "../agents/config.ts";
import type { Labels } from "../cluster/labels.ts";
import { compareNames } from "../cluster/members.ts";
import { isAlive, type MembersSeen, statusOf } from "./judge.ts";
import type { View } from "./views.ts";

/** How the members of a cluster are replaced while it goes on. */
export interface Rolling {
  readonly labels: Labels;
  /** How many members may be down at once. */
  readonly maxUnavailable: number;
  /** Seconds in which the cluster must be whole again after each step. */
  readonly timeout: number;
  readonly seed: AgentIdentity;
  /** Default: the host does not join. */
  readonly host?: RollingHost;
}

/** The agent of the engine's host, as a member that is looked after. */
export interface RollingHost extends AgentIdentity {
  /** The port that it gossips on. */
  readonly port: number;
  /** Where one that is a process keeps its files. */
  readonly dir: string;
  readonly view: View;
}

/** A member that is there, whether the others see it or not. */
export interface PresentMember extends AgentIdentity {
  /** Whether its container or process runs. */
  readonly isRunning: boolean;
}

/** What one agent says of the members. */
export interface Look {
  readonly viewer: string;
  /** Undefined when the agent does not answer. */
  readonly seen: MembersSeen | undefined;
}

/** Who does not run, does not answer, or is not alive for one of those who were asked. */
export function downMembers(
  present: readonly PresentMember[],
  looks: readonly Look[],
): PresentMember[] {
  return present.filter(
    ({ name, isRunning }) =>
      !isRunning ||
      looks.some(({ viewer, seen }) =>
        seen === undefined ? viewer === name : !isAlive(name, seen),
      ),
  );
}

/**
 * Whether to replace a member takes nobody down: it is not there, or does not run, or all others who
 * were asked have seen it go. Somebody who has never heard of it says nothing about it.
 */
export function isDownAnyway(
  name: string,
  present: readonly PresentMember[],
  looks: readonly Look[],
): boolean {
  const member = present.find((other) => other.name === name);
  if (member?.isRunning !== true) return true;
  const statuses = looks
    .filter(({ viewer, seen }) => viewer !== name && seen !== undefined)
    .map(({ seen }) => statusOf(name, seen!));
  return (
    statuses.length > 0 && statuses.every((status) => status !== "alive" && status !== "missing")
  );
}

/**
 * Who of those that wait is replaced next. First come those that are down anyway, which takes nobody
 * down; and when they do not come up, nobody else is touched. Then so many as may be down beside
 * those that are down already; none when there is no room.
 */
export function nextBatch(
  waiting: readonly string[],
  present: readonly PresentMember[],
  looks: readonly Look[],
  maxUnavailable: number,
): string[] {
  const free = waiting.filter((name) => isDownAnyway(name, present, looks));
  if (free.length > 0) return free;
  return waiting.slice(0, Math.max(0, maxUnavailable - downMembers(present, looks).length));
}

/** How a step that replaced members is going. */
export interface StepState {
  /** Why new members are not up yet, by their names. */
  readonly faults: ReadonlyMap<string, string>;
  /** Others who went down meanwhile. */
  readonly lost: readonly string[];
}

/**
 * Compares what is seen with what must be after a step: the new members alive for all others, all others
 * alive for the new ones.
 *
 * @param batch the new members' names.
 * @param excused who was down before.
 */
export function judgeStep(
  batch: readonly string[],
  present: readonly PresentMember[],
  looks: readonly Look[],
  excused: ReadonlySet<string>,
): StepState {
  const isNew = (name: string) => batch.includes(name);
  const others = present.filter(({ name }) => !isNew(name) && !excused.has(name));
  const otherLooks = looks.filter(({ viewer }) => !isNew(viewer) && !excused.has(viewer));
  const lost = downMembers(others, otherLooks).map(({ name }) => name);
  const faults = batch.flatMap((name): [string, string][] => {
    const fault = faultOf(name);
    return fault === undefined ? [] : [[name, fault]];
  });
  return { faults: new Map(faults), lost };

  function faultOf(name: string): string | undefined {
    if (present.find((member) => member.name === name)?.isRunning !== true) {
      return "its container does not run";
    }
    const own = looks.find(({ viewer }) => viewer === name);
    if (own !== undefined && own.seen === undefined) return "its agent does not answer";
    const blind = otherLooks.find(({ seen }) => seen && !isAlive(name, seen));
    if (blind !== undefined) {
      return `${blind.viewer} sees it as ${statusOf(name, blind.seen!)}`;
    }
    const unseen = others.filter(
      (other) => !lost.includes(other.name) && own?.seen && !isAlive(other.name, own.seen),
    );
    return unseen.length === 0 ? undefined : `it does not see ${nameSome(unseen)} alive`;
  }
}

/** More names than these are not read. */
const mostNames = 4;

/** The first few names, in the order of their indices. */
export function nameSome(members: readonly { readonly name: string }[]): string {
  const names = members.map(({ name }) => name).sort(compareNames);
  const shown = names.slice(0, mostNames).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}

/** Says who is down, so that nobody else may be taken down, and what to do. */
export function describeDown(
  down: readonly { readonly name: string }[],
  { maxUnavailable, timeout }: Pick<Rolling, "maxUnavailable" | "timeout">,
): string {
  return (
    `${nameSome(down)} ${down.length === 1 ? "has" : "have"} been down for ${timeout} s, and maxUnavailable ` +
    `is ${maxUnavailable}. Mend that first, for example by \`up\` with the configuration as it was.`
  );
}

/** A member that did not come up. */
interface FailedMember {
  readonly name: string;
  readonly reason: string;
  /** The end of its log. */
  readonly log: string;
}

/** A rolling change that has stopped. */
export interface StoppedRoll {
  readonly failures: readonly FailedMember[];
  /** Others who went down meanwhile. */
  readonly lost: readonly string[];
  /** How many members were to be replaced, and how many of them were. */
  readonly wanted: number;
  readonly changed: number;
}

/** Says of a rolling change that has stopped why, and how it leaves the cluster. */
export function describeStop({ failures, lost, wanted, changed }: StoppedRoll): string {
  const members = wanted === 1 ? "member has" : "members have";
  return [
    ...lost.map((name) => `${name} went down meanwhile.`),
    `The change has stopped: ${changed} of ${wanted} ${members} it, and nobody else was touched. The next ` +
      "`up` mends that, with the configuration as it was, too.",
    ...failures.flatMap(({ name, reason, log }) => [
      `${name} did not come up: ${reason}.`,
      ...(log === "" ? [] : ["Its log ends:", ...log.split("\n").map((line) => `  ${line}`)]),
    ]),
  ].join("\n");
}
