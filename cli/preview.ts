/** `npm run preview`: what `up` would change. */
import { main } from "../setup/main.ts";
import { toolchain } from "../setup/toolchain.ts";
import { configCopy, createStack, pulumi, stackExists, stackFromArguments } from "./stack.ts";

await main(async () => {
  const stack = stackFromArguments();
  const { env } = await toolchain();
  if (!(await stackExists(stack, env))) await createStack(stack, env);
  return await pulumi(["preview", ...(await configCopy(stack))], env);
});
