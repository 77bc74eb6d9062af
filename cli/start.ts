/** `npm start`: brings the stack up and shows the members. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { createStack, stackExists } from "./stack.ts";
import { recover } from "./recovery.ts";
import { bringUp } from "./up.ts";

const purpose = "Brings the stack up and prints its members; sets up what is missing.";

await command({ command: "npm start", purpose }, async ({ stack }) => {
  const { env } = await toolchain();
  if (await stackExists(stack, env)) await recover(stack, env);
  else await createStack(stack, env);
  return await bringUp(stack, env);
});
