/** `npm start`: brings the stack up and shows the members. */
import { UserError } from "../setup/errors.ts";
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { createStack, stackExists } from "./stack.ts";
import { isLost, recover, refuseLeftovers } from "./recovery.ts";
import { stateFault } from "./stateFiles.ts";
import { bringUp } from "./up.ts";

const purpose = "Brings the stack up and prints its members; sets up what is missing.";

await command({ command: "npm start", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  const fault = await stateFault(stack, env);
  if (fault !== undefined) throw new UserError(fault);
  const exists = await stackExists(stack, env);
  const recorded = exists ? await recover(stack, env) : new Set<string>();
  if (isLost(stack, recorded)) await refuseLeftovers(stack);
  if (!exists) await createStack(stack, env);
  return await bringUp(stack, env);
});
