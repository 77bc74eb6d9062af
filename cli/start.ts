/** `npm start`: brings the stack up and shows the members. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { createStack, deploy, stackExists } from "./stack.ts";
import { begin, finish, recover } from "./recovery.ts";
import { formatMembers } from "../components/members.ts";
import { liveMembers } from "./liveMembers.ts";

const purpose = "Brings the stack up and prints its members; sets up what is missing.";

await command({ command: "npm start", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  if (await stackExists(stack, env)) await recover(stack, env);
  else await createStack(stack, env);

  await begin(stack);
  const code = await deploy("up", stack, env);
  if (code !== 0) return code;
  await finish(stack);
  console.log();
  console.log(formatMembers(await liveMembers(stack)));
  return 0;
});
