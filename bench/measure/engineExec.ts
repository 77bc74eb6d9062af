import { type Member, parseMembers } from "../../lib/cluster/members.ts";
import { execute } from "../../lib/engine/exec.ts";

/** The alive members as the agent in a container sees them; none while the agent does not answer. */
export async function aliveSeenBy(container: string): Promise<readonly Member[]> {
  try {
    const text = await execute(container, ["serf", "members", "-status=alive", "-format=json"]);
    return parseMembers(text);
  } catch {
    return [];
  }
}
