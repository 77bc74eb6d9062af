import { withoutSalts } from "./salt.ts";
import { runPulumi } from "./stack.ts";

/** Milliseconds for a preview, which looks at an engine and a cluster that may be slow. */
const previewTimeout = 600_000;

/**
 * Runs `pulumi preview --json`.
 *
 * @param options of Pulumi's, beside that.
 * @throws CommandError when the preview fails; what it has printed is in its `stdout`.
 */
export function previewJson(
  stack: string,
  env: NodeJS.ProcessEnv,
  ...options: readonly string[]
): Promise<string> {
  const args = ["preview", "--json", ...options, "--stack", stack];
  return withoutSalts(() => runPulumi(args, env, { timeout: previewTimeout }));
}
