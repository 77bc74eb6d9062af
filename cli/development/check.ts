/** `npm run check`: what a contributor runs before each commit. It needs no Docker. */
import { execFile } from "node:child_process";
import { main } from "../../setup/main.ts";

/** Each with the packages' own programs, so that the versions of the lock file are used. */
const checks: Readonly<Record<string, readonly string[]>> = {
  types: ["typescript/bin/tsc", "--pretty"],
  lint: ["eslint/bin/eslint.js", ".", "--max-warnings=0"],
  format: ["prettier/bin/prettier.cjs", "--check", "."],
  "dead code": ["knip/bin/knip.js", "--no-progress"],
  "unit tests": ["vitest/vitest.mjs", "run", "--config=test/vitest.config.ts", "--project=unit"],
};

await main(async () => {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, [program, ...args]]) => {
      const start = Date.now();
      const { code, output } = await execute([`node_modules/${program!}`, ...args]);
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
