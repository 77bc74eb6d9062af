import type { Member } from "../../../lib/cluster/members.ts";
import { throughAgent } from "./agents.ts";

/** Of which members the table is made. */
export interface MemberFilter {
  /** Regular expressions for tags, as {@link tagFilters} makes them. Default: any. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Default: any. */
  readonly status?: readonly string[];
}

/**
 * The members as a running agent of the stack sees them, the seed's view first.
 *
 * @throws UserError when no agent of the stack answers.
 */
export async function liveMembers(
  stack: string,
  { tags = {}, status = [] }: MemberFilter = {},
): Promise<Member[]> {
  const members = await throughAgent(stack, ({ rpc }) => rpc.members(tags));
  return members.filter((member) => status.length === 0 || status.includes(member.status));
}
