/** `npm run stacks`: lists the stacks of the engine, and takes down those that have outlived their ttl. */
import { UserError } from "../lib/host/errors.ts";
import { command } from "./support/stack/arguments.ts";
import { requireEngine } from "./support/stack/engineOfStack.ts";
import { jsonOf, tableOf } from "./support/stacks/listing.ts";
import { prune } from "./support/stacks/prune.ts";
import { readStacks } from "./support/stacks/readStacks.ts";

const line = {
  command: "npm run stacks",
  purpose: "Lists all stacks on the engine of a stack.",
  options: {
    prune: {
      help: "takes down the stacks that have outlived their ttl; shows first what it removes",
    },
    yes: { help: "does not ask before it takes them down" },
    json: { help: "prints the list as JSON" },
  },
} as const;

await command(line, async ({ options }, { env }) => {
  const { prune: isPruning = false, yes = false, json = false } = options;
  if (isPruning && json) throw new UserError("--json prints the list; it cannot go with --prune.");
  if (yes && !isPruning) throw new UserError("--yes is for --prune, which was not given.");
  await requireEngine();
  const { stacks, now } = await readStacks(env);
  if (isPruning) return await prune(stacks, now, { isConfirmed: yes, env });
  console.log(json ? jsonOf(stacks, now) : tableOf(stacks, now));
  return 0;
});
