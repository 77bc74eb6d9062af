/** Prints the stacks that a change concerns, as a JSON array for a workflow's matrix. */
import { UserError } from "../lib/host/errors.ts";
import { CommandError, run } from "../lib/host/run.ts";
import { program } from "./support/program.ts";
import { concernOf, deployedStacks } from "./support/stacks.ts";

const line = {
  usage: "node github/concernedStacks.ts --base REF [--head REF], or --all [--head REF]",
  needed: [],
  optional: ["base", "head"],
  switches: ["all"],
} as const;

await program(line, async ({ values: { base, head = "HEAD" }, on }) => {
  if (on.has("all") === (base !== undefined)) {
    throw new UserError(`Give one of --base and --all. Usage: ${line.usage}`);
  }
  const to = await commitOf("--head", head);
  const files = await git(["ls-tree", "-z", "--name-only", to]);
  if (base === undefined) {
    console.log(JSON.stringify(deployedStacks(files)));
    return 0;
  }
  const from = await commitOf("--base", base);
  const { stacks, removed } = concernOf(files, await changedFiles(from, to));
  for (const stack of removed) {
    console.error(
      `Pulumi.${stack}.yaml is removed, so stack ${stack} is neither reviewed nor deployed any more. If it is up, ` +
        `\`npm stop -- --stack ${stack}\` takes it down; run it before the file is gone.`,
    );
  }
  console.log(JSON.stringify(stacks));
  return 0;
});

async function commitOf(option: string, ref: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const [commit = ""] = await git(args, "\n").catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      `${option} is "${ref}", which is no commit here; fetch it (actions/checkout with fetch-depth: 0).`,
    );
  });
  return commit;
}

/** The files that differ from where the two have parted. Both names of a renamed one are in the list. */
async function changedFiles(from: string, to: string): Promise<string[]> {
  const args = ["diff", "-z", "--name-only", "--no-renames", "--no-ext-diff", `${from}...${to}`];
  return await git(args).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      `git cannot compare ${from} with ${to}: ${error.stderr.trim()}; fetch the whole history (actions/checkout ` +
        "with fetch-depth: 0).",
    );
  });
}

async function git(args: readonly string[], separator = "\0"): Promise<string[]> {
  const output = await run("git", args, { timeout: 60_000 });
  return output.split(separator).filter((part) => part !== "");
}
