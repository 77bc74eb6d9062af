/**
 * `npm run test:failures`: the long tests, or those whose files are named. With `--record` the tests of
 * failures alone, and the times that they measure are written into the documents.
 */
import { main } from "../../setup/main.ts";
import { runTests } from "./runTests.ts";

const failures = "test/live/long/failures";

await main(() => {
  const args = process.argv.slice(2);
  const files = args.filter((arg) => arg !== "--record");
  if (files.length === args.length) return runTests(["long"], args);
  const reporters = ["default", `./${failures}/recording/reporter.ts`];
  const chosen = files.length > 0 ? files : [`${failures}/`];
  return runTests(["long"], [...reporters.map((name) => `--reporter=${name}`), ...chosen]);
});
