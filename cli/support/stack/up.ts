import { formatMembers } from "../../../lib/cluster/members.ts";
import { liveMembers } from "../agents/liveMembers.ts";
import { begin, finish } from "./recovery.ts";

/**
 * Brings up a stack that exists in the backend, and prints the members.
 *
 * @param up runs Pulumi.
 * @returns the exit code.
 */
export async function bringUp(stack: string, up: () => Promise<number>): Promise<number> {
  await begin(stack);
  const code = await up();
  if (code !== 0) return code;
  await finish(stack);
  console.log();
  console.log(formatMembers(await liveMembers(stack)));
  return 0;
}
