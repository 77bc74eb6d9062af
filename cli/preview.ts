/** `npm run preview`: shows what `up` would change. */
import { offlineVariable } from "../lib/preflight/offline.ts";
import { pulumiTools, pulumiWithImages } from "../setup/toolchain.ts";
import { command } from "./support/stack/arguments.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { scratchBackend } from "./support/stack/settings.ts";
import { pulumi } from "./support/stack/stack.ts";
import { resourcesIn } from "./support/stack/state.ts";

const line = {
  command: "npm run preview",
  purpose:
    "Shows what `npm start` would change. When no engine answers, it compares with the state only.",
  options: { offline: { help: "does not contact the engine" } },
  readsState: true,
} as const;

await command(line, async ({ stack, options: { offline = false } }, { state }) => {
  const resources = resourcesIn(state);
  const { env } = await (offline ? pulumiTools() : pulumiWithImages());
  if (resources !== undefined) refuseRenamed(stack, resources);
  // A stack that does not exist is previewed in a scratch backend, so that it is not created.
  const backend = resources === undefined ? await scratchBackend(stack, env) : env;
  const variables = offline ? { [offlineVariable]: "true" } : {};
  return await pulumi(["preview", "--stack", stack], { ...backend, ...variables });
});
