/**
 * `npm run generate`: writes what is made from the table of settings. With `--check` it only says what is
 * stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { main } from "../../setup/main.ts";
import { settingsFiles } from "./settingsFiles.ts";

await main(() => {
  const isCheck = process.argv.includes("--check");
  const stale = Object.entries(settingsFiles).filter(([path, made]) => {
    const text = readFileSync(path, "utf8");
    const wanted = made(text);
    if (wanted !== text && !isCheck) writeFileSync(path, wanted);
    return wanted !== text;
  });
  for (const [path] of stale) {
    console.log(isCheck ? `${path} is stale: run \`npm run generate\`` : `${path} is written`);
  }
  return Promise.resolve(isCheck && stale.length > 0 ? 1 : 0);
});
