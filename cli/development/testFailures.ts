/**
 * `npm run test:failures`: the long tests, or those whose files are named. With `--record` the tests of
 * failures alone, and the times that they measure are written into results.json and the README.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { defaultSerfVersion } from "../../lib/cluster/serfVersions.ts";
import { pingEngine } from "../../lib/engine/api.ts";
import { main } from "../../setup/main.ts";
import { merge, type Results, timesVariable, withTable } from "../../test/live/long/failures/record.ts";
import { runTests } from "./runTests.ts";

const resultsFile = "test/failures/results.json";
const readmeFile = "README.md";

async function record(files: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "serf-failures-"));
  const times = join(folder, "times");
  try {
    writeFileSync(times, "");
    process.env[timesVariable] = times;
    const code = await runTests(["failures"], files);
    if (code === 0) await write(readFileSync(times, "utf8"));
    return code;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function write(times: string): Promise<void> {
  const earlier = existsSync(resultsFile)
    ? (JSON.parse(readFileSync(resultsFile, "utf8")) as Results)
    : undefined;
  const machine = {
    cores: String(cpus().length),
    Linux: release(),
    "Docker engine": await pingEngine(8000),
    Serf: defaultSerfVersion,
  };
  const date = new Date().toISOString().slice(0, 10);
  const results = merge(earlier, times, { date, machine });
  const readme = withTable(readFileSync(readmeFile, "utf8"), results);
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(readmeFile, readme);
  console.log(`Recorded in ${resultsFile} and ${readmeFile}.`);
}

await main(() => {
  const args = process.argv.slice(2);
  const files = args.filter((arg) => arg !== "--record");
  if (files.length < args.length) return record(files);
  return runTests(["lifecycle", "rolling", "failures", "engines", "machine"], args);
});
