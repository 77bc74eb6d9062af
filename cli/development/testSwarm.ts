/** `npm run test:swarm`: the tests on a Swarm of engines on this machine, or only the files given. */
import { UserError } from "../../lib/host/errors.ts";
import { main } from "../../setup/main.ts";
import { runTests } from "./runTests.ts";

await main(() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new UserError(
      "`npm run test:swarm` starts Docker engines in network namespaces, which only root on Linux can. " +
        "Run it as root on a Linux machine.",
    );
  }
  return runTests(["swarm"], process.argv.slice(2));
});
