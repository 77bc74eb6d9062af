/** Advice about clusters that may be too large for their host's processors. */
import type { Profile } from "../agents/config.ts";

/** This many members can form a cluster with Serf's default profile on 2 cores; bench/README.md has the figures. */
const manyMembers = 100;

/**
 * What to do if a cluster has not formed and may be so large that its agents are too busy to answer each other in
 * time; empty for a smaller cluster.
 */
export function adviceOnLargeCluster(members: number, profile: Profile): string {
  if (members < manyMembers || profile === "wan") return "";
  return (
    `\n${members} agents on one host may be too busy to answer each other in time. ` +
    `Run \`pulumi config set profile wan\` (profile is ${profile}), which lets them wait longer, or increase ` +
    "convergenceTimeout."
  );
}
