/** The rollout order: which members are replaced next if only a limited number of members may be down at once. */
import type { AgentIdentity } from "../agents/config.ts";
import type { Labels } from "../cluster/labels.ts";
import { compareNames } from "../cluster/members.ts";
import type { NamedEngine } from "../engine/scope.ts";
import { isAlive, type MembersSeen, statusOf } from "./judge.ts";
import type { View } from "./views.ts";

/** The parameters of a rolling change. */
export interface Rolling {
  readonly labels: Labels;
  /** How many members may be down at once. */
  readonly maxUnavailable: number;
  /** Seconds until all members must be up again after each step. */
  readonly timeout: number;
  readonly seed: AgentIdentity;
  /** Where the members run. Default: on the engine of this process. */
  readonly engines?: readonly NamedEngine[];
  /** The host's agent. Default: the host does not join. */
  readonly host?: RollingHost;
}

/** The host's agent, as a member of a rolling change. */
export interface RollingHost extends AgentIdentity {
  /** The gossip port. */
  readonly port: number;
  /** The folder of the agent's files if it is a process. */
  readonly dir: string;
  readonly view: View;
}

/** A member that exists, whether the others see it or not. */
export interface PresentMember extends AgentIdentity {
  /** Whether its container or process is running. */
  readonly isRunning: boolean;
  /** Its engine, if the stack has several. */
  readonly engine?: NamedEngine;
}

/** One agent's view of the members. */
export interface Look {
  readonly viewer: string;
  /** Undefined if the agent does not answer. */
  readonly seen: MembersSeen | undefined;
}

/** The members that are not running, do not answer, or are not alive in at least one view. */
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
 * Whether replacing a member takes no live member down: it does not exist, is not running, or is not alive in the
 * view of any other agent that was asked. An agent that has never heard of it does not count.
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
 * The members to replace next. Members that are down come first, since replacing them takes no other member down;
 * if they do not come up, no other member is touched. After that, as many members as may be down in addition to
 * those that are down already; none if there is no room.
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

/** The progress of a step that replaced members. */
export interface StepState {
  /** Why new members are not up yet, by name. */
  readonly faults: ReadonlyMap<string, string>;
  /** Other members that went down in the meantime. */
  readonly lost: readonly string[];
}

/**
 * Compares the views with the state after a complete step: the new members are alive in all other views, and all
 * other members are alive in the new members' views.
 *
 * @param batch the names of the new members.
 * @param excused the names of the members that were down before.
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
      return "its container is not running";
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

/** How many names are listed at most. */
const mostNames = 4;

/** The first few names, in natural order. */
export function nameSome(members: readonly { readonly name: string }[]): string {
  const names = members.map(({ name }) => name).sort(compareNames);
  const shown = names.slice(0, mostNames).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}

/** Says which members are down, so that no other member may be taken down, and what to do. */
export function describeDown(
  down: readonly { readonly name: string }[],
  { maxUnavailable, timeout }: Pick<Rolling, "maxUnavailable" | "timeout">,
): string {
  return (
    `${nameSome(down)} ${down.length === 1 ? "has" : "have"} been down for ${timeout} s, and maxUnavailable ` +
    `is ${maxUnavailable}. Bring ${down.length === 1 ? "it" : "them"} up first, for example with \`up\` and the ` +
    "previous configuration."
  );
}

/** A member that did not come up. */
interface FailedMember {
  readonly name: string;
  readonly reason: string;
  /** The end of its log. */
  readonly log: string;
}

/** A rolling change that has failed. */
export interface StoppedRoll {
  readonly failures: readonly FailedMember[];
  /** Other members that went down in the meantime. */
  readonly lost: readonly string[];
  /** How many members were to be replaced, and how many have been replaced. */
  readonly wanted: number;
  readonly changed: number;
}

/** Says why a rolling change has stopped, and in which state it leaves the cluster. */
export function describeStop({ failures, lost, wanted, changed }: StoppedRoll): string {
  const members = wanted === 1 ? "member was" : "members were";
  return [
    ...lost.map((name) => `${name} went down in the meantime.`),
    `The change has stopped: ${changed} of ${wanted} ${members} replaced, and no other member was touched. The ` +
      "next `up` repairs the cluster, with this configuration or the previous one.",
    ...failures.flatMap(({ name, reason, log }) => [
      `${name} did not come up: ${reason}.`,
      ...(log === "" ? [] : ["Its log ends:", ...log.split("\n").map((line) => `  ${line}`)]),
    ]),
  ].join("\n");
}
