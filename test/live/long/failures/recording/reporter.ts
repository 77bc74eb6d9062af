/**
 * A reporter for vitest. When all failure tests have passed, it records their times in results.json and in the
 * document.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import type { Reporter } from "vitest/node";
import { defaultSerfVersion } from "../../../../../lib/cluster/serfVersions.ts";
import { pingEngine } from "../../../../../lib/engine/api.ts";
import {
  documentFile,
  merge,
  type Results,
  resultsFile,
  timesVariable,
  withTable,
} from "./record.ts";

export default class Recorder implements Reporter {
  readonly #folder = mkdtempSync(join(tmpdir(), "serf-failures-"));
  readonly #times = join(this.#folder, "times");

  onInit(): void {
    writeFileSync(this.#times, "");
    // The test processes inherit it.
    process.env[timesVariable] = this.#times;
  }

  async onTestRunEnd(
    _modules: unknown,
    _errors: unknown,
    reason: "passed" | "interrupted" | "failed",
  ): Promise<void> {
    try {
      if (reason === "passed") await write(readFileSync(this.#times, "utf8"));
    } finally {
      rmSync(this.#folder, { recursive: true });
    }
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
  const document = withTable(readFileSync(documentFile, "utf8"), results);
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(documentFile, document);
  console.log(`Recorded in ${resultsFile} and ${documentFile}.`);
}
