import { foreground } from "../../lib/host/foreground.mjs";
import { toolchain } from "../../setup/toolchain.ts";

/**
 * Sets up what the tests need, then runs them in the user's terminal.
 *
 * @param projects names of projects in test/vitest.config.ts.
 * @param args arguments for vitest, such as the files to run. With none, all files of the projects are run.
 * @returns vitest's exit code.
 */
export async function runTests(
  projects: readonly string[],
  args: readonly string[],
): Promise<number> {
  // The environment it returns is not needed: the commands that the tests run set up their own.
  await toolchain();
  const config = ["--config", "test/vitest.config.ts"];
  const chosen = projects.map((name) => `--project=${name}`);
  const vitest = ["node_modules/vitest/vitest.mjs", "run", ...config, ...chosen, ...args];
  return await foreground(process.execPath, vitest);
}
