import { readFileSync } from "node:fs";
import { labelsOf } from "../../../../lib/cluster/labels.ts";
import { livingAgent } from "../../../../lib/agents/process.ts";
import { listContainers } from "../../../../lib/engine/inventory.ts";
import { pause } from "../../../../lib/host/run.ts";
import { toHostAgent } from "../../../../lib/serf/open.ts";
import { SerfRpc } from "../../../../lib/serf/rpc.ts";
import type { Project } from "../../support/project.ts";

/** Milliseconds between two observations of the engine and of the host agent's view. */
const interval = 50;

/** The members that were down at the same time, when most were. */
export interface Worst {
  /** In the engine's view: their container or process was not running. */
  readonly stopped: readonly string[];
  /** In the host agent's view: they had left or failed. */
  readonly unseen: readonly string[];
}

/**
 * Watches a cluster while something is done.
 *
 * @param names the names of all members.
 * @param rpcPort the RPC port of the host's agent, whose view is checked; undefined if that agent is restarted
 *   meanwhile.
 */
export async function worstDuring(
  project: Project,
  stack: string,
  names: readonly string[],
  rpcPort: number | undefined,
  work: () => Promise<unknown>,
): Promise<Worst> {
  let isOver = false;
  let stopped: string[] = [];
  const host = project.path(".serf", "host", stack);
  const look = async () => {
    while (!isOver) {
      const containers = await listContainers({ ...labelsOf("serf", stack) });
      const running = containers.filter(({ isRunning }) => isRunning).map(({ name }) => name);
      if (livingAgent(host) !== undefined) running.push(`serf-${stack}-host`);
      const down = names.filter((name) => !running.includes(name));
      if (down.length > stopped.length) stopped = down;
      await pause(interval);
    }
  };
  let unseen: string[] = [];
  const token = readFileSync(`${host}/rpc-token`, "utf8");
  const rpc =
    rpcPort === undefined
      ? undefined
      : await SerfRpc.open(toHostAgent(rpcPort), { name: "host", token });
  // Polling, not events: Serf delays events for up to 3 s, and reports leaves and joins in that time separately.
  const ask = async () => {
    while (!isOver && rpc !== undefined) {
      const members = await rpc.members();
      const alive = members.filter(({ status }) => status === "alive").map(({ name }) => name);
      const down = names.filter((name) => !alive.includes(name));
      if (down.length > unseen.length) unseen = down;
      await pause(interval);
    }
  };
  const watching = Promise.all([look(), ask()]);
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
    await rpc?.close();
  }
  return { stopped, unseen };
}
