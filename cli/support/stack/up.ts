import { formatMembers } from "../../../lib/cluster/members.ts";
import { liveMembers } from "../agents/liveMembers.ts";
import { begin, finish } from "./recovery.ts";
import { deploy } from "./stack.ts";

/** Brings up a stack that exists in the backend, and prints the members. Returns the exit code. */
export async function bringUp(stack: string, env: NodeJS.ProcessEnv): Promise<number> {
  await begin(stack);
  const code = await deploy("up", stack, env);
  if (code !== 0) return code;
  await finish(stack);
  console.log();
  console.log(formatMembers(await liveMembers(stack)));
  return 0;
}
