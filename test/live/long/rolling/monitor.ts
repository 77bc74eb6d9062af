import { readFileSync } from "node:fs";
import { labelsOf } from "../../../../lib/cluster/labels.ts";
import { livingAgent } from "../../../../lib/agents/process.ts";
import { listContainers } from "../../../../lib/engine/inventory.ts";
import { pause } from "../../../../lib/host/run.ts";
import { toHostAgent } from "../../../../lib/serf/open.ts";
import { SerfRpc } from "../../../../lib/serf/rpc.ts";
import type { Project } from "../../support/project.ts";

/** Milliseconds between two looks at the engine, and at what the host's agent sees. */
const interval = 50;

/** Who was down at once, at the moment when most were. */
export interface Worst {
  /** For the engine: whose container or process did not run. */
  readonly stopped: readonly string[];
  /** For the host's agent: who had left or failed. */
  readonly unseen: readonly string[];
}

/**
 * Watches a cluster while something is done.
 *
 * @param names of all members.
 * @param rpcPort of the host's agent, which is asked whom it sees alive; undefined where that agent is
 *   started anew.
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
  // Not by its events, which Serf holds back for up to 3 s, and tells leaves and joins of that time apart.
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
