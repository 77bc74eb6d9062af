/**
 * Lowers the services of a stack that will have fewer tasks, a few members at a time.
 *
 *     node programs/swarmScaling.ts < input.json
 */
import { text } from "node:stream/consumers";
import { printResult } from "../lib/host/run.ts";
import type { SwarmScalingInput } from "../lib/inputs/swarmScaling.ts";
import { lowerInSteps } from "../lib/swarm/scaling.ts";

await printResult(async () => {
  await lowerInSteps(JSON.parse(await text(process.stdin)) as SwarmScalingInput);
});
