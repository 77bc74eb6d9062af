/**
 * `npm run test:failures`: the long tests, or only the files given. With `--record` it runs only the failure
 * tests, and writes the times that they measure into the documents.
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
