/**
 * Limits the number of processes and threads in containers.
 *
 *     node programs/processLimits.ts < input.json
 */
import { text } from "node:stream/consumers";
import { logsOfEnded } from "../lib/containers/ended.ts";
import { engine, EngineError } from "../lib/engine/api.ts";
import { forEachParallel } from "../lib/host/parallel.ts";
import { printResult } from "../lib/host/run.ts";
import type { ProcessLimitsInput } from "../lib/inputs/processLimits.ts";

/** How many containers are updated at once. */
const atOnce = 8;

await printResult(async () => {
  const { containers, limit } = JSON.parse(await text(process.stdin)) as ProcessLimitsInput;
  await forEachParallel(containers, atOnce, async (container) => {
    const path = `/containers/${container}/update`;
    try {
      await engine({ method: "POST", path, body: { PidsLimit: limit } });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new Error(error.message + (await logsOfEnded([container])), { cause: error });
    }
  });
});
