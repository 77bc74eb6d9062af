/** `npm run preview`: what `up` would change. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { refuseRenamed } from "./renamed.ts";
import { createStack, pulumi } from "./stack.ts";
import { resourcesIn } from "./state.ts";

const purpose = "Shows what `npm start` would change.";

const line = { command: "npm run preview", purpose, readsState: true } as const;

await command(line, async ({ stack }, { state }) => {
  const resources = resourcesIn(state);
  const { env } = await toolchain();
  if (resources === undefined) await createStack(stack, env);
  else refuseRenamed(stack, resources);
  return await pulumi(["preview", "--stack", stack], env);
});
