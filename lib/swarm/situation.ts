/** What a Swarm and the agents on its manager show at one moment, compared with what was declared. */
import type { ExpectedMember } from "../cluster/members.ts";
import { EngineError } from "../engine/api.ts";
import type { SwarmTasksInput } from "../inputs/swarmFormation.ts";
import { compareMembers, type Difference, hasFormed, type ViewState } from "../membership/judge.ts";
import { membersSeenBy, type View } from "../membership/views.ts";
import { readSwarm } from "./api.ts";
import { type Comparison, compareSwarm } from "./members.ts";
import { localViews } from "./views.ts";

/** Milliseconds until an agent must answer. */
export const viewTimeout = 10_000;

/** What was found at one moment. */
export interface Situation {
  /** Undefined if the manager did not answer. */
  readonly swarm: Comparison | undefined;
  readonly views: readonly ViewState[];
  /** Why the manager did not answer. */
  readonly error: string | undefined;
}

/** Looks once at the tasks alone. */
export async function lookAtTasks({ services, network, labels }: Declared): Promise<Situation> {
  try {
    const swarm = compareSwarm(services, await readSwarm(labels), network);
    return { swarm, views: [], error: undefined };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { swarm: undefined, views: [], error: error.message };
  }
}

/** What is compared with the Swarm. */
export type Declared = Omit<SwarmTasksInput, "timeout">;

/** Looks once. A Swarm without a leader does not answer for some seconds. */
export async function lookAtSwarm(input: Declared): Promise<Situation> {
  try {
    const [last, views] = await Promise.all([lookAtTasks(input), localViews(input.labels)]);
    const { swarm } = last;
    if (swarm === undefined) return last;
    return {
      ...last,
      views: await Promise.all(views.map((view) => lookThrough(view, swarm.expected))),
    };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { swarm: undefined, views: [], error: error.message };
  }
}

async function lookThrough(view: View, expected: readonly ExpectedMember[]): Promise<ViewState> {
  try {
    const members = await membersSeenBy(view, viewTimeout);
    return { view, members, differences: compareMembers(expected, members), error: undefined };
  } catch (error) {
    return { view, members: [], differences: [], error: (error as Error).message };
  }
}

/** Whether every service runs what was declared, and the agents see exactly its members. */
export function isDone(situation: Situation): boolean {
  const { views } = situation;
  return isSettled(situation) && views.length > 0 && hasFormed(views);
}

/** Whether every service runs what was declared. */
export function isSettled({ swarm }: Situation): boolean {
  return swarm !== undefined && swarm.pending.length + swarm.refused.length === 0;
}

/** Whether Swarm has set a service back, and is done with all others. */
export function isRefused({ swarm }: Situation): boolean {
  return swarm !== undefined && swarm.refused.length > 0 && swarm.pending.length === 0;
}

/** Whether the agents see all members, whatever their tags are. */
export function isWhole({ views }: Situation): boolean {
  return (
    views.length > 0 &&
    views.every((view) => view.error === undefined && missingFrom(view).length === 0)
  );
}

/** The members that an agent does not see alive at their addresses. */
export function missingFrom({ differences }: ViewState): Difference[] {
  return differences.filter(({ fault }) => fault !== "unexpected" && fault !== "wrong tags");
}
