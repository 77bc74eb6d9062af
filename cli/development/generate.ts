/**
 * `npm run generate`: writes the files that are generated from the table of settings. With `--check` it
 * only lists those that are out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { main } from "../../setup/main.ts";
import { settingsFiles } from "./settingsFiles.ts";

await main(() => {
  const isCheck = process.argv.includes("--check");
  const stale = Object.entries(settingsFiles).filter(([path, generate]) => {
    const text = readFileSync(path, "utf8");
    const wanted = generate(text);
    if (wanted !== text && !isCheck) writeFileSync(path, wanted);
    return wanted !== text;
  });
  for (const [path] of stale) {
    console.log(isCheck ? `${path} is out of date: run \`npm run generate\`` : `${path} written`);
  }
  return Promise.resolve(isCheck && stale.length > 0 ? 1 : 0);
});
