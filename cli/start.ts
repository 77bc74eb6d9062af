/** `npm start`: brings the stack up and shows the members. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import { isLost, recover, refuseLeftovers } from "./recovery.ts";
import { refuseRenamed } from "./renamed.ts";
import { createStack } from "./stack.ts";
import { resourcesIn } from "./state.ts";
import { bringUp } from "./up.ts";

const purpose = "Brings the stack up and prints its members; sets up what is missing.";

const line = { command: "npm start", purpose, readsState: true } as const;

await command(line, async ({ stack }, { settings, state }) => {
  const resources = resourcesIn(state);
  if (resources !== undefined) refuseRenamed(stack, resources);
  const { env } = await toolchain();
  const recorded = resources
    ? await recover(stack, { env, settings }, resources)
    : new Set<string>();
  if (isLost(stack, recorded)) await refuseLeftovers(stack, settings);
  if (resources === undefined) await createStack(stack, env);
  return await bringUp(stack, env);
});
