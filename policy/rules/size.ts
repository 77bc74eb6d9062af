/** How large a cluster may be. */
import { roleLabel } from "../../lib/cluster/labels.ts";
import { defaultLimits, wantedEntries } from "../../lib/neighbourTable/demand.ts";
import { labelsIn } from "./labels.ts";
import {
  containerType,
  hostAgentType,
  mapIn,
  type Placed,
  serviceType,
  type StackRule,
} from "./rule.ts";

/** The settings allow 1000 joiners, a seed and the host's agent, or one on each node of a Swarm. */
const mostMembers = 1002;

export const memberLimit: StackRule = {
  name: "member-limit",
  description: "A cluster has at most maxMembers members. A service on all nodes counts as one.",
  settings: { maxMembers: mostMembers },
  check: (resources, { maxMembers = mostMembers }) => {
    const members = resources.reduce(
      (sum, resource) => sum + (isMember(resource) ? 1 : tasksOf(resource)),
      0,
    );
    if (members <= maxMembers) return [];
    return [{ message: `The stack has ${members} members, allowed are ${maxMembers}.` }];
  },
};

export const neighbourTable: StackRule = {
  name: "neighbour-table",
  // Nobody knows before how many tasks of a service a node gets.
  description:
    "The neighbour table of the host's kernel has room for all members, except for services.",
  settings: { entries: defaultLimits.gc_thresh3 },
  check: (resources, { entries = defaultLimits.gc_thresh3 }) => {
    const members = resources.filter(isMember).length;
    const wanted = wantedEntries(members);
    const claims = resources
      .filter(({ type }) => type === "serf:cluster:NeighbourTable")
      .map(({ inputs }) => Number(inputs["entries"]));
    if (wanted <= Math.max(entries, ...claims)) return [];
    return [
      {
        message:
          `The stack has ${members} members, which need ${wanted} entries, but the table has ${entries}. Set ` +
          "tuneKernel to true, which enlarges it; if it is larger, set `entries` of this policy to its size.",
      },
    ];
  },
};

/** Whether a resource is a member by itself, in a container or as a process. */
function isMember({ type, inputs }: Placed): boolean {
  return type === hostAgentType || (type === containerType && labelsIn(inputs).has(roleLabel));
}

/** How many members a service has. For what only the Swarm knows, one. */
function tasksOf({ type, inputs }: Placed): number {
  if (type !== serviceType) return 0;
  const { replicas } = mapIn(mapIn(inputs["mode"])["replicated"]);
  return typeof replicas === "number" ? replicas : 1;
}
