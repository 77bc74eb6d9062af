import { isDeepStrictEqual } from "node:util";
import { formatTable } from "../host/table.ts";

/** A member as Serf reports it. */
export interface Member {
  readonly name: string;
  /** IPv4 address without the port. */
  readonly address: string;
  readonly status: "alive" | "failed" | "left" | "leaving" | "none";
  readonly tags: Readonly<Record<string, string>>;
}

/** A member that the cluster should have. */
export interface ExpectedMember {
  readonly name: string;
  readonly address: string;
  /** The port that it gossips on. Default: that of all agents in containers of their own. */
  readonly port?: number;
  /** All of its tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads the output of `serf members -format=json`, sorted by name.
 *
 * @throws SyntaxError when the text is not what Serf prints.
 */
export function parseMembers(text: string): Member[] {
  const { members } = JSON.parse(text) as { members?: SerfMember[] | null };
  if (members === undefined) throw new SyntaxError(`not a list of Serf members: ${text}`);
  return (members ?? [])
    .map(({ name, addr, status, tags }) => ({
      name,
      address: addr.replace(/:\d+$/, ""),
      status,
      tags: tags ?? {},
    }))
    .sort((a, b) => compareNames(a.name, b.name));
}

interface SerfMember {
  readonly name: string;
  readonly addr: string;
  readonly status: Member["status"];
  readonly tags?: Record<string, string> | null;
}

/** Orders names so that `joiner-2` comes before `joiner-10`. */
export function compareNames(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** What stands between the members that one side sees and those that it should see. */
export interface Difference {
  readonly name: string;
  readonly fault: "missing" | "unexpected" | "wrong address" | "wrong tags" | Member["status"];
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
  const byName = new Map(seen.map((member) => [member.name, member]));
  const faults = expected.flatMap(({ name, address, tags }): Difference[] => {
    const member = byName.get(name);
    if (member === undefined) return [{ name, address, fault: "missing" }];
    if (member.status !== "alive") return [{ name, address, fault: member.status }];
    if (member.address !== address) return [{ name, address, fault: "wrong address" }];
    if (!isDeepStrictEqual(member.tags, tags)) return [{ name, address, fault: "wrong tags" }];
    return [];
  });
  const expectedNames = new Set(expected.map(({ name }) => name));
  const strangers = seen
    .filter(({ name, status }) => status === "alive" && !expectedNames.has(name))
    .map(({ name, address }): Difference => ({ name, address, fault: "unexpected" }));
  return [...faults, ...strangers];
}

/** The table of members that people read. */
export function formatMembers(members: readonly Member[]): string {
  return formatTable([
    ["NAME", "ADDRESS", "STATUS", "TAGS"],
    ...members.map(({ name, address, status, tags }) => [
      name,
      address,
      status,
      Object.entries(tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(","),
    ]),
  ]);
}

/** Who is in the cluster and should not be: alive, or failed and still remembered. */
export function strangersAmong(
  members: readonly Member[],
  expected: readonly Pick<ExpectedMember, "name">[],
): Member[] {
  const names = new Set(expected.map(({ name }) => name));
  // Who has left is of the past: Serf remembers a joiner for a day that is no longer declared.
  return members.filter(({ name, status }) => !names.has(name) && status !== "left");
}
