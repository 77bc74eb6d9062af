/** `npm stop`: destroys what `npm start` made. */
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
  purpose: "Destroys what `npm start` made.",
  options: { yes: { help: "removes without asking, too, what the state does not know" } },
  readsState: true,
} as const;

await command(
  line,
  async ({ stack, isNamed, options: { yes = false } }, { settings, state, ...place }) => {
    const resources = state.kind === "known" ? state.resources : undefined;
    if (resources && settings.wants("protect")) throw new UserError(protectedStack(stack));
    if (!isNamed && !yes && resources?.length && !(await isMeant(stack, place.env))) return 1;
    const { env } = await toolchain();
    const fault = state.kind === "unreadable" ? state.fault : undefined;
    if (fault !== undefined && !hasEmbeddedBackend(env)) throw new UserError(fault);
    const recorded = resources
      ? await recover(stack, { env, settings }, resources)
      : new Set<string>();
    const names = [...new Set([stack, formerName(stack, resources ?? []) ?? stack])];
    if (resources && !isLost(stack, recorded)) {
      await refuseForeignVolumes(names, resources);
      console.log(`Taking down stack ${stack} on ${chosenEngine()?.host ?? "the local engine"}.`);
      const code = await deploy("destroy", stack, env);
      if (code !== 0) return code;
      for (const name of names) {
        await removeLeftovers(name, await findLeftovers(name, settings, new Set()));
      }
    } else {
      const found = await findLeftovers(stack, settings, new Set());
      if (!(await mayRemove(stack, settings, found, fault, yes))) return 1;
      await removeLeftovers(stack, found);
      if (fault === undefined && describeLeftovers(found).length === 0) {
        console.log(`Nothing of stack ${stack} is here.`);
      }
    }
    for (const name of names) await removeAgentFiles(name);
    if (fault !== undefined) {
      for (const lock of await deadLocks(stack)) await rm(lock);
      console.log(`The state that could not be read is in ${await putAside(stack)}.`);
    }
    // What the state has lost, or what was left to a stack that has not asked for it.
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
 * Asks whether the stack is meant that nobody named, where others are up as well.
 *
 * @throws UserError when nobody can be asked.
 */
async function isMeant(stack: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const others = await othersThatAreUp(stack, env);
  if (others.length === 0) return true;
  return await askAtTerminal(
    `No stack was named, and beside ${stack} there ${others.length === 1 ? "is" : "are"} ${others.join(", ")}.`,
    `Take ${stack} down?`,
    `Nothing was removed. Name it: \`npm stop -- --stack ${stack}\`.`,
  );
}

function protectedStack(stack: string): string {
  return (
    `Stack ${stack} is protected, and nothing was removed. If it is to go: ` +
    `\`npm run pulumi -- config set --stack ${stack} protect false\`, \`npm start -- --stack ${stack}\`, ` +
    "and then this command again."
  );
}

/**
 * Asks whether what was found by its labels may go.
 *
 * @throws UserError when it must stay, or nobody can be asked.
 */
async function mayRemove(
  stack: string,
  settings: StackSettings,
  found: Leftovers,
  fault: string | undefined,
  yes: boolean,
): Promise<boolean> {
  const lines = describeLeftovers(found);
  if (lines.length === 0 && fault === undefined) return true;
  const situation = [
    fault ?? `The state knows nothing of stack ${stack}.`,
    `With its labels there ${lines.length === 1 ? "is" : "are"} here:`,
    ...(lines.length === 0 ? ["  - nothing"] : lines.map((one) => `  - ${one}`)),
  ].join("\n");
  if (settings.wants("protect")) {
    console.log(situation);
    throw new UserError(
      `Stack ${stack} is protected, and nothing was removed. If it is to go: set serf:protect to false in ` +
        `${configFile(stack)}, and then this command again.`,
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
