/** `npm run test:failures`: the long tests, or those whose files are named. */
import { main } from "../setup/main.ts";
import { runTests } from "./runTests.ts";

await main(() => runTests(["rolling", "failures", "engines", "machine"], process.argv.slice(2)));
