/** `npm run bench -- [OPTION…]`: the options are in bench/README.md. */
import { dirname } from "node:path";
import { runBench } from "./bench.ts";
import { interruptible } from "./support/interrupt.ts";
import { withLargeNeighbourTable } from "./measure/neighbours.ts";
import { parseOptions } from "./options.ts";
import { readResults, writeReport } from "./report/report.ts";
import { isLocalEngine } from "../lib/engine/host.ts";
import { chosenEngine } from "../lib/engine/context.ts";
import { UserError } from "../lib/host/errors.ts";
import { main } from "../setup/main.ts";
import { refuseTakenOptions } from "../setup/npmOptions.ts";

await main(async () => {
  await refuseTakenOptions("npm run bench", {
    ...{ large: false, rounds: true, only: true, contender: true, out: true },
    ...{ parallelism: true, profile: true, render: true },
  });
  const options = parseOptions(process.argv.slice(2));
  if (options.render !== undefined) {
    await writeReport(await readResults(options.render), dirname(options.render));
    return 0;
  }
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new UserError(
      "The bench needs root on Linux: a hundred agents on one host overflow the kernel's neighbour " +
        "table unless its thresholds are raised for the run.",
    );
  }
  const chosen = chosenEngine();
  if (!isLocalEngine(chosen?.host)) {
    throw new UserError(
      `The bench measures this machine's engine, but ${chosen!.source} names another one.`,
    );
  }
  await interruptible(() => withLargeNeighbourTable(() => runBench(options)));
  return 0;
});
