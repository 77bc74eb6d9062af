/** `npm run preview`: what `up` would change. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { configCopy, createStack, pulumi, stackExists } from "./stack.ts";

const purpose = "Shows what `npm start` would change.";

await command({ command: "npm run preview", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  if (!(await stackExists(stack, env))) await createStack(stack, env);
  return await pulumi(["preview", ...(await configCopy(stack))], env);
});
