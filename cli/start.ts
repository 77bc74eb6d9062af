/** `npm start`: brings the stack up and prints the members. */
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./support/stack/arguments.ts";
import { isLost, recover, refuseLeftovers } from "./support/stack/recovery.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { createStack } from "./support/stack/stack.ts";
import { resourcesIn } from "./support/stack/state.ts";
import { bringUp } from "./support/stack/up.ts";

const purpose = "Brings the stack up and prints its members. Installs what is missing first.";

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
