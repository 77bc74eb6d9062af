/** `npm stop`: destroys what `npm start` made. */
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { labelsOf } from "../components/labels.ts";
import { wisherOf } from "../components/neighbours.ts";
import { releaseEntries } from "../programs/neighbourLimits.ts";
import { UserError } from "../setup/errors.ts";
import { toolchain } from "../setup/toolchain.ts";
import { command } from "./arguments.ts";
import {
  describeLeftovers,
  findLeftovers,
  type Leftovers,
  refuseForeignVolumes,
  removeAgentFiles,
  removeLeftovers,
} from "./leftovers.ts";
import { recordedResources } from "./recorded.ts";
import { deadLocks, finish, isLost, recover } from "./recovery.ts";
import { deploy, project, runPulumi, stackExists } from "./stack.ts";
import { configFile, plainSetting } from "./stackConfig.ts";
import { hasEmbeddedBackend, putAside, stateFault } from "./stateFiles.ts";

const line = {
  command: "npm stop",
  purpose: "Destroys what `npm start` made.",
  options: { yes: { help: "removes without asking, too, what the state does not know" } },
} as const;

await command(line, async ({ stack, options: { yes = false } }) => {
  const { env } = await toolchain();
  const fault = await stateFault(stack, env);
  const exists = fault === undefined && (await stackExists(stack, env));
  if (exists && isProtected(stack)) throw new UserError(protectedStack(stack));
  const recorded = exists ? await recover(stack, env) : new Set<string>();
  if (exists && !isLost(stack, recorded)) {
    await refuseForeignVolumes(stack, await recordedResources(stack, env));
    const code = await deploy("destroy", stack, env);
    if (code !== 0) return code;
    await removeLeftovers(stack, await findLeftovers(stack, new Set()));
  } else {
    const found = await findLeftovers(stack, new Set());
    if (!(await mayRemove(stack, found, fault, yes))) return 1;
    await removeLeftovers(stack, found);
    if (!exists && fault === undefined && describeLeftovers(found).length === 0) {
      console.log(`Nothing of stack ${stack} is here.`);
    }
  }
  await removeAgentFiles(stack);
  if (fault !== undefined) {
    for (const lock of await deadLocks(stack)) await rm(lock);
    console.log(`The state that could not be read is in ${await putAside(stack)}.`);
  }
  // What the state has lost, or what was left to a stack that has not asked for it.
  await releaseEntries(wisherOf(labelsOf(project, stack)));
  if (exists && hasEmbeddedBackend(env)) {
    await runPulumi(["stack", "rm", "--yes", "--preserve-config", "--stack", stack], env);
  }
  await finish(stack);
  return 0;
});

function isProtected(stack: string): boolean {
  return plainSetting(stack, "protect") === "true";
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
  found: Leftovers,
  fault: string | undefined,
  yes: boolean,
): Promise<boolean> {
  const lines = describeLeftovers(found);
  if (lines.length === 0 && fault === undefined) return true;
  console.log(
    [
      fault ?? `The state knows nothing of stack ${stack}.`,
      `With its labels there ${lines.length === 1 ? "is" : "are"} here:`,
      ...(lines.length === 0 ? ["  - nothing"] : lines.map((one) => `  - ${one}`)),
    ].join("\n"),
  );
  if (isProtected(stack)) {
    throw new UserError(
      `Stack ${stack} is protected, and nothing was removed. If it is to go: set serf:protect to false in ` +
        `${configFile(stack)}, and then this command again.`,
    );
  }
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UserError(
      `Nothing was removed. \`npm stop -- --stack ${stack} --yes\` removes all of it.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Remove all of it? [y/N] ");
  terminal.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  console.log("Nothing was removed.");
  return false;
}
