/** `npm test`: all tests except the long ones, or only the files given. */
import { main } from "../../setup/main.ts";
import { runTests } from "./runTests.ts";

await main(() => runTests(["unit", "quick"], process.argv.slice(2)));
