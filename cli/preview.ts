/** `npm run preview`: shows what `up` would change. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UserError } from "../lib/host/errors.ts";
import { offlineVariable } from "../lib/preflight/offline.ts";
import { failedReview, markdownReview, reasonOf, textReview } from "../lib/review/markdown.ts";
import { isRefusedOnly, refusal } from "../lib/review/policies.ts";
import { parsePreview } from "../lib/review/preview.ts";
import { pulumiTools, pulumiWithImages } from "../setup/toolchain.ts";
import { judgedPreview } from "./support/preview/judgedPreview.ts";
import { policyFlags } from "./support/preview/policyPack.ts";
import { command } from "./support/stack/arguments.ts";
import { refuseRenamed } from "./support/stack/renamed.ts";
import { scratchBackend } from "./support/stack/settings.ts";
import { pulumi } from "./support/stack/stack.ts";
import { resourcesIn } from "./support/stack/state.ts";

const line = {
  command: "npm run preview",
  purpose:
    "Shows what `npm start` would change. When no engine answers, it compares with the state only.",
  options: {
    offline: { help: "does not contact the engine" },
    summary: { help: "prints what happens to which member, and in which order" },
    markdown: { value: "FILE", help: "writes a review for a pull request to a file" },
  },
  readsState: true,
} as const;

await command(line, async ({ stack, options }, { settings, state }) => {
  const { offline = false, summary = false, markdown } = options;
  const resources = resourcesIn(state);
  const { env } = await (offline ? pulumiTools() : pulumiWithImages());
  if (resources !== undefined) refuseRenamed(stack, resources);
  // A stack that does not exist is previewed in a scratch backend, so that it is not created.
  const backend = resources === undefined ? await scratchBackend(stack, env) : env;
  const variables = { ...backend, ...(offline && { [offlineVariable]: "true" }) };
  if (!summary && markdown === undefined) {
    return await pulumi(["preview", ...policyFlags(stack), "--stack", stack], variables);
  }
  const limit = Number(settings.value("maxUnavailable") ?? "all");
  const { isWhole, output, said, violations } = await judgedPreview(stack, variables);
  const reviewed = { stack, maxUnavailable: Number.isNaN(limit) ? undefined : limit, violations };
  const preview = parsePreview(output);
  const isReviewed = preview !== undefined && (isWhole || isRefusedOnly(preview, violations));
  if (markdown !== undefined) {
    const text = isReviewed
      ? markdownReview(preview, reviewed)
      : failedReview(preview, said, stack);
    await writeReview(markdown, text);
  }
  if (!isReviewed) throw new UserError(reasonOf(preview, said));
  if (summary) console.log(textReview(preview, reviewed));
  const refused = refusal(violations);
  if (refused !== "") throw new UserError(refused.trim());
  return 0;
});

/** @param file relative to where the command was typed. */
async function writeReview(file: string, text: string): Promise<void> {
  const path = resolve(process.env["INIT_CWD"] ?? process.cwd(), file);
  await writeFile(path, text).catch((error: unknown) => {
    throw new UserError(
      `--markdown is "${file}", which cannot be written: ${(error as Error).message}`,
    );
  });
}
