/** Waits for a Swarm and for the cluster that its tasks form. */
import { gossipEndpoint } from "../agents/config.ts";
import type { ExpectedMember, Member } from "../cluster/members.ts";
import { pause } from "../host/run.ts";
import type {
  SwarmFormationInput,
  SwarmFormationResult,
  SwarmTasksInput,
} from "../inputs/swarmFormation.ts";
import { healInterval, joinFew } from "../membership/healing.ts";
import type { ViewState } from "../membership/judge.ts";
import { ask, membersSeenBy, type View } from "../membership/views.ts";
import { placeOf } from "./members.ts";
import {
  type Declared,
  isDone,
  isRefused,
  isSettled,
  isWhole,
  lookAtSwarm,
  lookAtTasks,
  missingFrom,
  type Situation,
  viewTimeout,
} from "./situation.ts";

/** Milliseconds between two checks. */
const pollInterval = 300;

/**
 * Milliseconds in which the tasks of services that were set back must see all others. Of these the new seed and the new
 * agents of the hosts may know only each other, and what the gate does not merge stays apart until the next `up`.
 */
const settingBack = 30_000;

/** The result, or what was found last. */
export type Formed = SwarmFormationResult | { readonly last: Situation };

/**
 * Waits until every service runs what was declared and the agents on this engine see exactly the members that Swarm's
 * tasks should be. Members that have failed, or whose place another task has taken, are then removed from the cluster's
 * member list: their names never come back. Those that left are listed by Serf for a day.
 */
export async function waitForFormation(input: SwarmFormationInput): Promise<Formed> {
  const started = Date.now();
  const deadline = started + input.timeout * 1000;
  let heal = started + healInterval;
  let givenUp: number | undefined;
  for (;;) {
    const last = await lookAtSwarm(input);
    if (isDone(last)) {
      const [{ view, members }] = last.views as readonly [ViewState];
      await prune(view, members, last.swarm!.expected);
      return { view, members: members.filter(({ status }) => status === "alive") };
    }
    if (isRefused(last)) {
      givenUp ??= Date.now() + settingBack;
      if (isWhole(last) || Date.now() > givenUp) return { last };
    }
    if (Date.now() > deadline) return { last };
    if (Date.now() > heal) {
      heal = Date.now() + healInterval;
      await Promise.all(last.views.map(joinMissing));
    }
    await pause(pollInterval);
  }
}

/**
 * Waits until every service runs what was declared, whatever its agents see.
 *
 * @returns what was found last if it does not come to that.
 */
export async function waitForTasks(input: SwarmTasksInput): Promise<Situation | undefined> {
  const deadline = Date.now() + input.timeout * 1000;
  for (;;) {
    const last = await lookAtTasks(input);
    if (isSettled(last)) return undefined;
    if (Date.now() > deadline || isRefused(last)) return last;
    await pause(pollInterval);
  }
}

/** Milliseconds in which a cluster must be seen whole: on a busy host agents are late, and suspect each other. */
const patience = 10_000;

/** Whether the cluster is whole, now or shortly after. */
export async function isFormed(input: Declared): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (!isDone(await lookAtSwarm(input))) {
    if (Date.now() > deadline) return false;
    await pause(pollInterval);
  }
  return true;
}

/** Also merges two clusters that have formed apart from each other. */
async function joinMissing(view: ViewState): Promise<void> {
  await joinFew(view.view, missingFrom(view).map(gossipEndpoint));
}

/** Milliseconds in which members must have left, and be forgotten. */
const pruning = 15_000;

/** Waits for those that are leaving, and removes those that failed or whose place another has taken. */
async function prune(
  view: View,
  members: readonly Member[],
  expected: readonly ExpectedMember[],
): Promise<void> {
  const names = new Set(expected.map(({ name }) => name));
  const places = new Set(expected.map(placeOf));
  const isLeaving = ({ name, status }: Member) => status === "leaving" && !names.has(name);
  const isLost = (member: Member) =>
    (member.status === "failed" && !names.has(member.name)) ||
    (member.status === "left" && places.has(placeOf(member)));
  const deadline = Date.now() + pruning;
  const asked = new Set<string>();
  for (let seen = members; Date.now() < deadline;) {
    const lost = seen.filter(isLost);
    for (const { name } of lost) {
      if (asked.has(name)) continue;
      asked.add(name);
      void ask(view, (agent) => agent.forget(name)).catch(() => undefined);
    }
    if (lost.length === 0 && !seen.some(isLeaving)) return;
    await pause(pollInterval);
    seen = await membersSeenBy(view, viewTimeout).catch(() => seen);
  }
}
