/**
 * Waits until the cluster of a Swarm's tasks has formed.
 *
 *     node programs/swarmFormation.ts form|run < input.json
 *
 * `form` prints the members as an agent on this manager sees them. `run` waits only until the tasks run, and prints
 * nothing. Both fail when Swarm sets a service back, and at the deadline, with what is missing and the reasons that
 * Swarm gives.
 */
import { text } from "node:stream/consumers";
import { printResult } from "../lib/host/run.ts";
import type { SwarmFormationInput, SwarmTasksInput } from "../lib/inputs/swarmFormation.ts";
import { waitForFormation, waitForTasks } from "../lib/swarm/formation.ts";
import { describeSituation } from "../lib/swarm/report.ts";

await printResult(async () => {
  const given = JSON.parse(await text(process.stdin)) as unknown;
  const command = process.argv[2];
  if (command === "form") {
    const input = given as SwarmFormationInput;
    const result = await waitForFormation(input);
    if ("members" in result) return result;
    throw new Error(await describeSituation(input.timeout, result.last));
  }
  if (command === "run") {
    const input = given as SwarmTasksInput;
    const last = await waitForTasks(input);
    if (last !== undefined) throw new Error(await describeSituation(input.timeout, last));
    return undefined;
  }
  throw new Error(`The command is ${command ?? "missing"}; allowed are form and run.`);
});
