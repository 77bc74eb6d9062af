import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../lib/host/run.ts";
import { type PolicyViolation, violationsIn } from "../../../lib/review/policies.ts";
import { previewJson } from "../stack/previewJson.ts";
import { policyFlags } from "./policyPack.ts";

/** A preview, and what the policies say of it. */
export interface JudgedPreview {
  /** Whether Pulumi succeeded; it fails if a policy refuses the change, too. */
  readonly isWhole: boolean;
  readonly output: string;
  /** What a preview that failed has said. */
  readonly said: string;
  readonly violations: readonly PolicyViolation[];
}

/** Runs the preview with the policies. One that fails has something to say as well. */
export async function judgedPreview(
  stack: string,
  env: NodeJS.ProcessEnv,
  ...options: readonly string[]
): Promise<JudgedPreview> {
  const folder = await mkdtemp(join(tmpdir(), "serf-preview-"));
  try {
    const log = join(folder, "events.json");
    // Violations are in the log of events alone, and only with this variable has Pulumi the option for it. Its
    // automation API uses both.
    const variables = { ...env, PULUMI_DEBUG_COMMANDS: "true" };
    const flags = ["--show-sames", ...policyFlags(stack), "--event-log", log, ...options];
    const result = await previewJson(stack, variables, ...flags).then(
      (output) => ({ isWhole: true, output, said: "" }),
      (error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
        return { isWhole: false, output: error.stdout, said: error.stderr };
      },
    );
    return { ...result, violations: violationsIn(await readFile(log, "utf8").catch(() => "")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
