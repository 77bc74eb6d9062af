/** `npm start`: brings the stack up and prints the members. */
import { toolchain } from "../setup/toolchain.ts";
import { asTyped, command } from "./support/stack/arguments.ts";
import { applyPlan } from "./support/plan/applyPlan.ts";
import { originOf } from "./support/plan/origin.ts";
import { checkPlan } from "./support/plan/planFile.ts";
import { isLost, recover, refuseLeftovers } from "./support/stack/recovery.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { createStack, deploy } from "./support/stack/stack.ts";
import { resourcesIn } from "./support/stack/state.ts";
import { bringUp } from "./support/stack/up.ts";

const purpose = "Brings the stack up and prints its members. Installs what is missing first.";

const line = {
  command: "npm start",
  purpose,
  options: { plan: { value: "FILE", help: "does only what a saved plan says, or nothing" } },
  readsState: true,
} as const;

await command(line, async ({ stack, options }, { settings, state }) => {
  const plan = options.plan === undefined ? undefined : asTyped(options.plan);
  const resources = resourcesIn(state);
  if (resources !== undefined) refuseRenamed(stack, resources);
  if (plan !== undefined) await checkPlan(plan, originOf(stack, resources ?? []));
  const { env } = await toolchain();
  const recorded = resources
    ? await recover(stack, { env, settings }, resources)
    : new Set<string>();
  if (isLost(stack, recorded)) await refuseLeftovers(stack, settings);
  if (resources === undefined) await createStack(stack, env);
  return await (plan === undefined
    ? bringUp(stack, () => deploy("up", stack, env, ...settings.deployment(resources)))
    : bringUp(stack, () => applyPlan(stack, plan, env)));
});
