/** `npm run preview`: what `up` would change. */
import { UserError } from "../setup/errors.ts";
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { configCopy, createStack, pulumi, stackExists } from "./stack.ts";
import { stateFault } from "./stateFiles.ts";

const purpose = "Shows what `npm start` would change.";

await command({ command: "npm run preview", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  const fault = await stateFault(stack, env);
  if (fault !== undefined) throw new UserError(fault);
  if (!(await stackExists(stack, env))) await createStack(stack, env);
  return await pulumi(["preview", ...(await configCopy(stack))], env);
});
