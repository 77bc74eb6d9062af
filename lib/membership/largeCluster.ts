/** What is said about clusters that may be too large for their host's processors. */
import type { Profile } from "../agents/config.ts";

/** So many members form with Serf's default on 2 cores; bench/README.md has the figures. */
const manyMembers = 100;

/**
 * What can be done where a cluster has not formed, and may be so large that its agents are too busy to answer
 * each other in time; empty where it is not.
 */
export function adviceOnLargeCluster(members: number, profile: Profile): string {
  if (members < manyMembers || profile === "wan") return "";
  return (
    `\n${members} agents on one host may be too busy to answer each other in time, and then suspect each other. ` +
    `\`pulumi config set profile wan\` (it is ${profile}) makes them more patient; or let convergenceTimeout be longer.`
  );
}
