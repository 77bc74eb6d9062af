/** `npm stop`: destroys what `npm start` created. */
import { rm } from "node:fs/promises";
import { labelsOf } from "../lib/cluster/labels.ts";
import { project } from "../lib/cluster/names.ts";
import { chosenEngine } from "../lib/engine/context.ts";
import { UserError } from "../lib/host/errors.ts";
import { claimantOf } from "../lib/neighbourTable/demand.ts";
import { releaseEntries } from "../lib/neighbourTable/limits.ts";
import { toolchain } from "../setup/toolchain.ts";
import { askAtTerminal } from "./support/question.ts";
import { command } from "./support/stack/arguments.ts";
import {
  describeLeftovers,
  findLeftovers,
  keepsData,
  type Leftovers,
  refuseForeignVolumes,
  removeAgentFiles,
  removeLeftovers,
} from "./support/stack/leftovers.ts";
import { deadLocks, finish, isLost, recover } from "./support/stack/recovery.ts";
import { formerName } from "./support/stack/renamed.ts";
import type { StackSettings } from "./support/stack/settings.ts";
import { configFile, deploy, runPulumi } from "./support/stack/stack.ts";
import { othersThatAreUp } from "./support/stack/state.ts";
import { hasEmbeddedBackend, putAside, removeCopies } from "./support/stack/stateFiles.ts";

const line = {
  command: "npm stop",
  purpose: "Destroys what `npm start` created.",
  options: {
    yes: { help: "does not ask before it removes things that are missing from the state" },
  },
  readsState: true,
} as const;

await command(
  line,
  async ({ stack, isNamed, options: { yes = false } }, { settings, state, ...place }) => {
    const resources = state.kind === "known" ? state.resources : undefined;
    if (resources && settings.wants("protect")) throw new UserError(protectedStack(stack));
    if (!isNamed && !yes && resources?.length && !(await isConfirmed(stack, place.env))) return 1;
    const { env } = await toolchain();
    const fault = state.kind === "unreadable" ? state.fault : undefined;
    if (fault !== undefined && !hasEmbeddedBackend(env)) throw new UserError(fault);
    const recorded = resources
      ? await recover(stack, { env, settings }, resources)
      : new Set<string>();
    const isDataKept = keepsData(settings, resources);
    const names = [...new Set([stack, formerName(stack, resources ?? []) ?? stack])];
    if (resources && !isLost(stack, recorded)) {
      await refuseForeignVolumes(names, resources, settings.engines);
      console.log(`Destroying stack ${stack} on ${chosenEngine()?.host ?? "the local engine"}.`);
      const code = await deploy("destroy", stack, env, ...settings.deployment(resources));
      if (code !== 0) return code;
      for (const name of names) {
        await removeLeftovers(
          name,
          await findLeftovers(name, isDataKept, new Set(), settings.engines),
        );
      }
    } else {
      const found = await findLeftovers(stack, isDataKept, new Set(), settings.engines);
      if (!(await confirmRemoval(stack, settings, found, fault, yes))) return 1;
      await removeLeftovers(stack, found);
      if (fault === undefined && describeLeftovers(found).length === 0) {
        console.log(`Stack ${stack} does not exist here; there is nothing to remove.`);
      }
    }
    for (const name of names) await removeAgentFiles(name);
    if (fault !== undefined) {
      for (const lock of await deadLocks(stack)) await rm(lock);
      console.log(`The unreadable state was moved to ${await putAside(stack)}.`);
    }
    // Also neighbour table entries that the state does not record, such as those of a lost state.
    for (const name of names) await releaseEntries(claimantOf(labelsOf(project, name)));
    if (resources && hasEmbeddedBackend(env)) {
      await runPulumi(["stack", "rm", "--yes", "--preserve-config", "--stack", stack], env);
      await removeCopies(stack);
    }
    await finish(stack);
    return 0;
  },
);

/**
 * When no stack was named and others are up as well, asks whether the default one is meant.
 *
 * @throws UserError when there is no terminal to ask at.
 */
async function isConfirmed(stack: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const others = await othersThatAreUp(stack, env);
  if (others.length === 0) return true;
  return await askAtTerminal(
    `You did not name a stack. Besides ${stack}, ${others.join(", ")} ${others.length === 1 ? "is" : "are"} up.`,
    `Destroy ${stack}?`,
    `Nothing was removed. Name the stack: \`npm stop -- --stack ${stack}\`.`,
  );
}

function protectedStack(stack: string): string {
  return (
    `Stack ${stack} is protected, and nothing was removed. To remove it, run ` +
    `\`npm run pulumi -- config set --stack ${stack} protect false\`, \`npm start -- --stack ${stack}\`, ` +
    "and then this command again."
  );
}

/**
 * Asks whether the things found by their labels may be removed.
 *
 * @throws UserError when the stack is protected, or there is no terminal to ask at.
 */
async function confirmRemoval(
  stack: string,
  settings: StackSettings,
  found: Leftovers,
  fault: string | undefined,
  yes: boolean,
): Promise<boolean> {
  const lines = describeLeftovers(found);
  if (lines.length === 0 && fault === undefined) return true;
  const situation = [
    fault ?? `Stack ${stack} is not in the state.`,
    ...(lines.length === 0
      ? ["Nothing here has its labels."]
      : ["These have its labels:", ...lines.map((one) => `  - ${one}`)]),
  ].join("\n");
  if (settings.wants("protect")) {
    console.log(situation);
    throw new UserError(
      `Stack ${stack} is protected, and nothing was removed. To remove it, set serf:protect to false in ` +
        `${configFile(stack)}, then run this command again.`,
    );
  }
  if (yes) {
    console.log(situation);
    return true;
  }
  return await askAtTerminal(
    situation,
    "Remove all of it?",
    `Nothing was removed. \`npm stop -- --stack ${stack} --yes\` removes all of it.`,
  );
}
