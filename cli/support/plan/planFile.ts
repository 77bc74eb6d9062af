/** The file of a saved plan: Pulumi's JSON, and what it was made from. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { UserError } from "../../../lib/host/errors.ts";
import { offlineEngine } from "../../../lib/preflight/offline.ts";
import { mismatch, type PlanOrigin } from "./origin.ts";

/** Beside Pulumi's own keys; Pulumi ignores it. */
const originKey = "serf";

type PlanJson = Readonly<Record<string, unknown>> & { readonly [originKey]?: PlanOrigin };

/**
 * Removes the file of an earlier preview, which must not stay when this one fails.
 *
 * @throws UserError when the file is something else, or cannot be removed.
 */
export async function clearPlan(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined && !isPlan(text)) {
    throw new UserError(
      `--save-plan is "${file}", which exists and is not a plan; name another file, or remove that one.`,
    );
  }
  await removePlan(file);
}

/** Whether a text is a plan as Pulumi writes it. */
function isPlan(text: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(text) as object, "resourcePlans");
  } catch {
    return false;
  }
}

async function removePlan(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    throw new UserError(
      `--save-plan is "${file}", which cannot be written: ${(error as Error).message}`,
    );
  });
}

/**
 * Adds to a plan that Pulumi has written what it was made from.
 *
 * @throws UserError when the preview named no engine, since that plan fits no `up`.
 */
export async function addOrigin(file: string, origin: PlanOrigin): Promise<void> {
  const text = await readFile(file, "utf8");
  if (text.includes(offlineEngine)) {
    await removePlan(file);
    throw new UserError(
      `No plan was saved for stack ${origin.stack}, since its preview contacted no engine and named none: preview ` +
        "where the engine answers, or set dockerHost to an address that begins with ssh://.",
    );
  }
  const plan = JSON.parse(text) as PlanJson;
  await writeFile(file, `${JSON.stringify({ ...plan, [originKey]: origin }, null, 2)}\n`);
}

/**
 * Refuses a plan that was made from something else.
 *
 * @throws UserError that says to preview again.
 */
export async function checkPlan(file: string, now: PlanOrigin): Promise<void> {
  const planned = originIn(await readPlan(file, now.stack));
  const fault =
    planned === undefined
      ? "is not a plan that `npm run preview` has saved"
      : mismatch(planned, now);
  if (fault !== undefined) {
    throw new UserError(
      `The plan ${file} ${fault}, so nothing was changed; ${previewAgain(now.stack, file)}`,
    );
  }
}

/** What to type for another plan, as the end of a sentence. */
export function previewAgain(stack: string, file: string): string {
  return `preview again: \`npm run preview -- --stack ${stack} --save-plan ${file}\`.`;
}

async function readPlan(file: string, stack: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(
      `--plan is "${file}", which cannot be read: ${(error as Error).message}; ` +
        `to save a plan, type \`npm run preview -- --stack ${stack} --save-plan ${file}\`.`,
    );
  });
}

/** @returns undefined when the text has none. */
function originIn(text: string): PlanOrigin | undefined {
  try {
    return (JSON.parse(text) as PlanJson)[originKey];
  } catch {
    return undefined;
  }
}
