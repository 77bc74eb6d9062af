/** Says why a Swarm has not done what was declared. */
import { formatTable } from "../host/table.ts";
import { taskLog } from "./api.ts";
import type { Situation } from "./situation.ts";
import type { ServiceFault } from "./members.ts";

/** How many failed tasks' logs are shown: if many fail, it is usually for the same reason. */
const mostLogs = 2;

/** How many lines of each log. */
const logLines = 10;

/**
 * Describes what was found last, with the ends of failed tasks' logs.
 *
 * @param timeout the seconds that were waited for.
 */
export async function describeSituation(timeout: number, found: Situation): Promise<string> {
  const { refused = [], pending = [] } = found.swarm ?? {};
  return table(timeout, found) + (await logsOf([...refused, ...pending]));
}

function table(timeout: number, { swarm, views, error }: Situation): string {
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
