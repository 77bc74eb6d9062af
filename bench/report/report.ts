import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderMarkdown } from "./markdown.ts";
import type { Results } from "../support/result.ts";
import { renderSvg } from "./svg.ts";

/** Writes results.md and up.svg into a folder. */
export async function writeReport(results: Results, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "results.md"), renderMarkdown(results));
  await writeFile(join(folder, "up.svg"), renderSvg(results));
}

/** Writes results.json into a folder, with the report. */
export async function writeResults(results: Results, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeReport(results, folder);
}

/** Reads a results.json. */
export async function readResults(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, "utf8")) as Results;
}
