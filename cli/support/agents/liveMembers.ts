import type { Member } from "../../../lib/cluster/members.ts";
import { throughAgent } from "./agents.ts";

/** Selects members. */
export interface MemberFilter {
  /** Regular expressions for tags, in the form that {@link tagFilters} returns. Default: any. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Default: any. */
  readonly status?: readonly string[];
}

/**
 * The members as a running agent of the stack sees them; the seed's agent is asked first.
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
