/**
 * Waits until the cluster of a Swarm's tasks has formed.
 *
 *     node programs/swarmFormation.ts < input.json
 *
 * Prints the members as an agent on this manager sees them. Fails when Swarm sets a service back, and at the
 * deadline, with what is missing and the reasons that Swarm gives.
 */
import { text } from "node:stream/consumers";
import { formatTable } from "../lib/host/table.ts";
import { printResult } from "../lib/host/run.ts";
import type { SwarmFormationInput } from "../lib/inputs/swarmFormation.ts";
import { taskLog } from "../lib/swarm/api.ts";
import { type Situation, waitForFormation } from "../lib/swarm/formation.ts";
import type { ServiceFault } from "../lib/swarm/members.ts";

/** How many failed tasks' logs are shown: if many fail, it is usually for the same reason. */
const mostLogs = 2;

/** How many lines of each log. */
const logLines = 10;

function report({ timeout }: SwarmFormationInput, { swarm, views, error }: Situation): string {
  const { refused = [], pending = [] } = swarm ?? {};
  if (refused.length > 0) {
    const rows = refused.map(({ service, fault }) => [service, fault]);
    return `Swarm has refused the change:\n${formatTable([["SERVICE", "REASON"], ...rows])}`;
  }
  const head = `The cluster has not formed within ${timeout} s (setting convergenceTimeout):\n`;
  if (swarm === undefined) return `${head}${String(error)}`;
  const rows = [
    ...pending.map(({ service, fault }) => [service, "-", fault]),
    ...views.flatMap(({ view, differences, error: silence }) =>
      silence === undefined
        ? differences.map(({ name, fault }) => [name, view.name, fault])
        : [[view.name, "-", `no answer: ${silence.replace(/\n.*/s, "")}`]],
    ),
    ...(views.length === 0 ? [["-", "-", "this engine runs no agent of the stack"]] : []),
  ];
  return head + formatTable([["SERVICE OR MEMBER", "SEEN BY", "FAULT"], ...rows]);
}

/** The ends of failed tasks' logs, to be appended to an error. */
async function logsOf(faults: readonly ServiceFault[]): Promise<string> {
  const failed = faults.flatMap(({ service, task }) =>
    task === undefined ? [] : [{ service, task }],
  );
  const logs = await Promise.all(
    failed.slice(0, mostLogs).map(async ({ service, task }) => {
      const log = await taskLog(task, logLines);
      return log === "" ? "" : `\nThe log of a failed task of ${service} ends:\n${log}`;
    }),
  );
  return logs.join("");
}

await printResult(async () => {
  const input = JSON.parse(await text(process.stdin)) as SwarmFormationInput;
  const result = await waitForFormation(input);
  if ("members" in result) return result;
  const { refused = [], pending = [] } = result.last.swarm ?? {};
  throw new Error(report(input, result.last) + (await logsOf([...refused, ...pending])));
});
