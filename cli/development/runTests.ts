import { foreground } from "../../lib/host/foreground.mjs";
import { toolchain } from "../../setup/toolchain.ts";

/**
 * Runs tests at the user's terminal, with what they need set up.
 *
 * @param projects of test/vitest.config.ts.
 * @param args for vitest, such as the files to run; none runs all of the projects.
 * @returns vitest's exit code.
 */
export async function runTests(
  projects: readonly string[],
  args: readonly string[],
): Promise<number> {
  // The tests find the tools by themselves, as the commands do that they drive.
  await toolchain();
  const config = ["--config", "test/vitest.config.ts"];
  const chosen = projects.map((name) => `--project=${name}`);
  const vitest = ["node_modules/vitest/vitest.mjs", "run", ...config, ...chosen, ...args];
  return await foreground(process.execPath, vitest);
}
