/** What a Swarm's nodes still have of services that were deleted. */
import { engine } from "../engine/api.ts";
import { listContainers } from "../engine/inventory.ts";
import { EngineError } from "../engine/api.ts";
import type { SwarmRemovalInput } from "../inputs/swarmRemoval.ts";
import { readSwarm } from "./api.ts";

/** One line for each task, container or node that is not clean yet. */
export async function whatIsLeft({ network, labels }: SwarmRemovalInput): Promise<string[]> {
  const [{ tasks, nodes }, containers, peers] = await Promise.all([
    readSwarm(labels),
    listContainers({ ...labels }),
    nodesOn(network),
  ]);
  const hostOf = (id = "") => nodes.find(({ ID }) => ID === id)?.Description.Hostname ?? id;
  return [
    ...tasks
      .filter(({ Status, NodeID }) => NodeID !== undefined && !isOver(Status.State))
      .map(({ ID, NodeID, Status }) => `task ${ID} on ${hostOf(NodeID)}, ${Status.State}`),
    ...containers.map(({ name }) => `container ${name}`),
    ...peers.map((peer) => `the network ${network} on ${peer}`),
  ];
}

function isOver(state: string): boolean {
  return ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"].includes(state);
}

/** The other nodes that have the network, by their names; a node gives it up with the last task. */
async function nodesOn(network: string): Promise<string[]> {
  try {
    const found = (await engine({ method: "GET", path: `/networks/${network}?verbose=true` })) as {
      readonly Services?: Readonly<Record<string, unknown>> | null;
      readonly Containers?: Readonly<Record<string, { readonly Name: string }>> | null;
    };
    return Object.keys(found.Services ?? {}).filter((name) => name !== "");
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return [];
    throw error;
  }
}
