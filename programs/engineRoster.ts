/**
 * Lets the members on engines that have been taken out of the setting `engines` leave the cluster, and removes their
 * containers.
 *
 *     node programs/engineRoster.ts < input.json
 *
 * Prints the engines. The variable `PULUMI_COMMAND_STDOUT` holds those of the last run.
 */
import { text } from "node:stream/consumers";
import { agentContainers, removeContainers } from "../lib/containers/lifecycle.ts";
import { type NamedEngine, onEngine, takenOut } from "../lib/engine/scope.ts";
import { printResult } from "../lib/host/run.ts";
import type { EngineRosterInput } from "../lib/inputs/engineRoster.ts";

await printResult(async (): Promise<readonly NamedEngine[]> => {
  const { engines, labels } = JSON.parse(await text(process.stdin)) as EngineRosterInput;
  const { PULUMI_COMMAND_STDOUT: earlier = "[]" } = process.env;
  for (const engine of takenOut(JSON.parse(earlier) as NamedEngine[], engines)) {
    await onEngine(engine, async () => removeContainers(await agentContainers(labels)));
  }
  return engines;
});
