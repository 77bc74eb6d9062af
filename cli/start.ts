/** `npm start`: brings the stack up and shows the members. */
import { main } from "../setup/main.ts";
import { toolchain } from "../setup/toolchain.ts";
import { createStack, deploy, stackExists, stackFromArguments } from "./stack.ts";
import { begin, finish, recover } from "./recovery.ts";
import { printMembers } from "./liveMembers.ts";

await main(async () => {
  const stack = stackFromArguments();
  const { env } = await toolchain();
  if (await stackExists(stack, env)) await recover(stack, env);
  else await createStack(stack, env);

  await begin(stack);
  const code = await deploy("up", stack, env);
  if (code !== 0) return code;
  await finish(stack);
  console.log();
  await printMembers(stack);
  return 0;
});
