/** `npm test`: every test but the long ones, or those whose files are named. */
import { main } from "../../setup/main.ts";
import { runTests } from "./runTests.ts";

await main(() => runTests(["unit", "quick"], process.argv.slice(2)));
