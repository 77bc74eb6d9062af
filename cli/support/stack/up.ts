import { formatMembers } from "../../../lib/cluster/members.ts";
import { applyPlan } from "../plan/applyPlan.ts";
import { liveMembers } from "../agents/liveMembers.ts";
import { begin, finish } from "./recovery.ts";
import { deploy } from "./stack.ts";

/**
 * Brings up a stack that exists in the backend, and prints the members.
 *
 * @param plan the file of a saved plan. Default: none.
 * @returns the exit code.
 */
export async function bringUp(
  stack: string,
  env: NodeJS.ProcessEnv,
  plan?: string,
): Promise<number> {
  await begin(stack);
  const code = await (plan === undefined ? deploy("up", stack, env) : applyPlan(stack, plan, env));
  if (code !== 0) return code;
  await finish(stack);
  console.log();
  console.log(formatMembers(await liveMembers(stack)));
  return 0;
}
