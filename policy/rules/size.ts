/** How large a cluster may be. */
import { roleLabel } from "../../lib/cluster/labels.ts";
import { defaultLimits, wantedEntries } from "../../lib/neighbourTable/demand.ts";
import { labelsIn } from "./labels.ts";
import { containerType, hostAgentType, type Placed, type StackRule } from "./rule.ts";

/** The settings allow 1000 joiners, a seed and the host's agent. */
const mostMembers = 1002;

export const memberLimit: StackRule = {
  name: "member-limit",
  description: "A cluster has at most maxMembers members.",
  settings: { maxMembers: mostMembers },
  check: (resources, { maxMembers = mostMembers }) => {
    const members = membersIn(resources);
    if (members <= maxMembers) return [];
    return [{ message: `The stack has ${members} members, allowed are ${maxMembers}.` }];
  },
};

export const neighbourTable: StackRule = {
  name: "neighbour-table",
  description: "The neighbour table of the host's kernel has room for all members.",
  settings: { entries: defaultLimits.gc_thresh3 },
  check: (resources, { entries = defaultLimits.gc_thresh3 }) => {
    const members = membersIn(resources);
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

/** The number of members that the stack declares, in containers or as a process. */
function membersIn(resources: readonly Placed[]): number {
  return resources.filter(
    ({ type, inputs }) =>
      type === hostAgentType || (type === containerType && labelsIn(inputs).has(roleLabel)),
  ).length;
}
