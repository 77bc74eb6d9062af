/** `npm test`: every test but the long ones, or those whose files are named. */
import { main } from "../../setup/main.ts";
import { runTests } from "./runTests.ts";

await main(() => runTests(["unit", "setup", "plugin", "e2e"], process.argv.slice(2)));
