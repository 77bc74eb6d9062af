/** `npm run preview`: shows what `up` would change. */
import { writeFile } from "node:fs/promises";
import { UserError } from "../lib/host/errors.ts";
import { offlineVariable } from "../lib/preflight/offline.ts";
import { failedReview, markdownReview, reasonOf, textReview } from "../lib/review/markdown.ts";
import { isRefusedOnly, refusal } from "../lib/review/policies.ts";
import { parsePreview } from "../lib/review/preview.ts";
import { pulumiTools, pulumiWithImages } from "../setup/toolchain.ts";
import { addOrigin, clearPlan } from "./support/plan/planFile.ts";
import { originOf } from "./support/plan/origin.ts";
import { judgedPreview } from "./support/preview/judgedPreview.ts";
import { outputFile } from "./support/preview/outputFile.ts";
import { policyFlags } from "./support/preview/policyPack.ts";
import { type Arguments, command, type StackPlace } from "./support/stack/arguments.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { scratchBackend } from "./support/stack/settings.ts";
import { pulumi } from "./support/stack/stack.ts";
import { resourcesIn } from "./support/stack/state.ts";
import type { RecordedResource } from "./support/stack/stateFiles.ts";

const line = {
  command: "npm run preview",
  purpose:
    "Shows what `npm start` would change. When no engine answers, it compares with the state only.",
  options: {
    offline: { help: "does not contact the engine" },
    summary: { help: "prints what happens to which member or service, and in which order" },
    markdown: { value: "FILE", help: "writes a review for a pull request to a file" },
    "save-plan": { value: "FILE", help: "saves a plan that `npm start -- --plan FILE` applies" },
  },
  readsState: true,
} as const;

/** Whether the review is written, or shown. */
let isReviewed = false;

await command(line, preview, async ({ stack, options: { markdown } }, error) => {
  if (markdown !== undefined && !isReviewed) {
    const file = outputFile("markdown", markdown);
    await writeReview(file, failedReview(undefined, error.message, stack));
  }
});

async function preview(
  { stack, options }: Arguments<typeof line.options>,
  { settings, state }: StackPlace,
): Promise<number> {
  const { offline = false, summary = false, markdown } = options;
  const review = markdown === undefined ? undefined : outputFile("markdown", markdown);
  const resources = resourcesIn(state);
  const plan = await planOf(stack, options["save-plan"], resources);
  const { env } = await (offline ? pulumiTools() : pulumiWithImages());
  if (resources !== undefined) refuseRenamed(stack, resources);
  // A stack that does not exist is previewed in a scratch backend, so that it is not created.
  const backend = resources === undefined ? await scratchBackend(stack, env) : env;
  const variables = { ...backend, ...(offline && { [offlineVariable]: "true" }) };
  const flags = plan === undefined ? [] : ["--save-plan", plan.file];
  if (!summary && review === undefined) {
    const code = await pulumi(
      ["preview", ...policyFlags(stack), ...flags, "--stack", stack],
      variables,
    );
    if (code === 0) await plan?.complete();
    return code;
  }
  const { isWhole, output, said, violations } = await judgedPreview(stack, variables, ...flags);
  const found = parsePreview(output);
  if (found === undefined || !(isWhole || isRefusedOnly(found, violations))) {
    throw new UserError(reasonOf(found, said || output));
  }
  const limit = Number(settings.value("maxUnavailable") ?? "all");
  const reviewed = { stack, maxUnavailable: Number.isNaN(limit) ? undefined : limit, violations };
  if (review !== undefined) await writeReview(review, markdownReview(found, reviewed));
  isReviewed = true;
  if (summary) console.log(textReview(found, reviewed));
  const refused = refusal(violations);
  if (refused !== "") throw new UserError(refused.trim());
  await plan?.complete();
  return 0;
}

/** The plan to save, if the user wants one. */
async function planOf(
  stack: string,
  typed: string | undefined,
  resources: readonly RecordedResource[] | undefined,
) {
  if (typed === undefined) return undefined;
  const file = outputFile("save-plan", typed);
  await clearPlan(file);
  if (resources === undefined) {
    throw new UserError(
      `Stack ${stack} is not in the backend, so a plan for it cannot be saved; create it first: ` +
        `\`npm run pulumi -- stack init ${stack}\`.`,
    );
  }
  const origin = originOf(stack, resources);
  return { file, complete: () => addOrigin(file, origin) };
}

async function writeReview(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new UserError(
      `--markdown is "${file}", which cannot be written: ${(error as Error).message}`,
    );
  });
}
