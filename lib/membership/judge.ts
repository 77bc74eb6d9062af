/** Decides which members are alive, for convergence, rolling changes, drift and the tests. */
import { isDeepStrictEqual } from "node:util";
import type { ExpectedMember, Member } from "../cluster/members.ts";
import type { View } from "./views.ts";

/** A member's status in one agent's view. */
type Status = Member["status"] | "missing";

/** The members in one agent's view, by name. */
export type MembersSeen = ReadonlyMap<string, Pick<Member, "status">>;

export function byName(members: readonly Member[]): ReadonlyMap<string, Member> {
  return new Map(members.map((member) => [member.name, member]));
}

/** A member's status in a view; `missing` if the agent has never heard of it. */
export function statusOf(name: string, seen: MembersSeen): Status {
  return seen.get(name)?.status ?? "missing";
}

/** Whether a member is alive in a view. */
export function isAlive(name: string, seen: MembersSeen): boolean {
  return statusOf(name, seen) === "alive";
}

/** A difference between an agent's view and the expected members. */
export interface Difference {
  readonly name: string;
  readonly fault: Status | "unexpected" | "wrong address" | "wrong tags";
  /** The expected address; for an unexpected member, the address in the view. */
  readonly address: string;
}

/**
 * Compares a view with what is expected: exactly the expected members alive, at their addresses and with their
 * tags. Unexpected members that have left or failed are not faults.
 */
export function compareMembers(
  expected: readonly ExpectedMember[],
  seen: readonly Member[],
): Difference[] {
  const known = byName(seen);
  const faults = expected.flatMap(({ name, address, tags }): Difference[] => {
    const member = known.get(name);
    const status = statusOf(name, known);
    if (member === undefined || status !== "alive") return [{ name, address, fault: status }];
    if (member.address !== address) return [{ name, address, fault: "wrong address" }];
    if (!isDeepStrictEqual(member.tags, tags)) return [{ name, address, fault: "wrong tags" }];
    return [];
  });
  const expectedNames = new Set(expected.map(({ name }) => name));
  const unexpected = seen
    .filter(({ name, status }) => status === "alive" && !expectedNames.has(name))
    .map(({ name, address }): Difference => ({ name, address, fault: "unexpected" }));
  return [...faults, ...unexpected];
}

/** The members that should not be in the cluster: alive, or failed and still listed. */
export function unexpectedAmong(
  members: readonly Member[],
  expected: readonly Pick<ExpectedMember, "name">[],
): Member[] {
  const names = new Set(expected.map(({ name }) => name));
  // Members that have left are normal: Serf lists a removed joiner for a day.
  return members.filter(({ name, status }) => !names.has(name) && status !== "left");
}

export interface ViewState {
  readonly view: View;
  readonly members: readonly Member[];
  readonly differences: readonly Difference[];
  /** Why the view's agent gave no answer. */
  readonly error: string | undefined;
}

/** Whether the cluster has formed: every view answers, and none differs from what is expected. */
export function hasFormed(states: readonly Pick<ViewState, "error" | "differences">[]): boolean {
  return states.every(({ error, differences }) => error === undefined && differences.length === 0);
}
