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
  /** The gossip port. Default: that of all agents in containers with a network of their own. */
  readonly port?: number;
  /** All its tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Parses the output of `serf members -format=json`, sorted by name.
 *
 * @throws SyntaxError when the text is not a list of members.
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

/** The members as a table for people. */
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
