/**
 * Limits the processes and threads of containers.
 *
 *     node programs/processLimits.ts < input.json
 */
import { text } from "node:stream/consumers";
import { engine, EngineError, forEachParallel } from "../lib/engine/api.ts";
import { logsOfEnded } from "../lib/containers/ended.ts";
import { printResult } from "../lib/host/run.ts";

/** What the program takes from standard input, as JSON. */
export interface ProcessLimitsInput {
  /** The engine's IDs of the containers. */
  readonly containers: readonly string[];
  readonly limit: number;
  /** Not read by the program: another one makes it run again. */
  readonly generation: string;
}

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
