/** The one judge of who is alive: for the gate, rolling changes, drift and the tests. */
import { isDeepStrictEqual } from "node:util";
import type { ExpectedMember, Member } from "../cluster/members.ts";

/** How one side sees a member. */
type Status = Member["status"] | "missing";

/** The members that one side sees, by their names. */
export type MembersSeen = ReadonlyMap<string, Pick<Member, "status">>;

export function byName(members: readonly Member[]): ReadonlyMap<string, Member> {
  return new Map(members.map((member) => [member.name, member]));
}

/** How a member is seen: `missing` by who has never heard of it. */
export function statusOf(name: string, seen: MembersSeen): Status {
  return seen.get(name)?.status ?? "missing";
}

/** Whether a member is alive for who sees these. */
export function isAlive(name: string, seen: MembersSeen): boolean {
  return statusOf(name, seen) === "alive";
}

/** What stands between the members that one side sees and those that it should see. */
export interface Difference {
  readonly name: string;
  readonly fault: Status | "unexpected" | "wrong address" | "wrong tags";
  /** The address that is expected, or the one seen where none is. */
  readonly address: string;
}

/**
 * Compares a view with what is expected: exactly the expected members alive, at their
 * addresses and with their tags. Members that left or failed and are not expected are of the past, not faults.
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

/** Who is in the cluster and should not be: alive, or failed and still remembered. */
export function unexpectedAmong(
  members: readonly Member[],
  expected: readonly Pick<ExpectedMember, "name">[],
): Member[] {
  const names = new Set(expected.map(({ name }) => name));
  // Who has left is of the past: Serf remembers a joiner for a day that is no longer declared.
  return members.filter(({ name, status }) => !names.has(name) && status !== "left");
}
