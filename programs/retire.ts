import type { ExpectedMember } from "../components/members.ts";
import { stopAgent } from "./agentProcess.ts";
import { labelFilters } from "./engine.ts";
import { docker } from "./run.ts";
import type { Labels } from "../components/labels.ts";

/** What marks the agents of a stack. */
export interface Retirement {
  /** Carried by the stack's containers. */
  readonly labels: Labels;
  /** Where an agent of the host would keep its files, if the host is not to join. */
  readonly hostAgentDir?: string;
}

/**
 * Lets the stack's agents leave that the cluster is to have no longer.
 *
 * Pulumi deletes what a program no longer declares at the very end, after everything else was
 * done. So that the cluster is whole before, they leave here; Pulumi then removes what stopped.
 */
export async function retire(
  { labels, hostAgentDir }: Retirement,
  expected: readonly ExpectedMember[],
): Promise<void> {
  const running = await docker(["ps", ...labelFilters(labels), "--format", "{{.Names}}"]);
  const surplus = running
    .split("\n")
    .filter((name) => name !== "" && !expected.some((member) => member.name === name));
  await Promise.all([
    surplus.length > 0 && docker(["stop", ...surplus], 120_000),
    hostAgentDir !== undefined && stopAgent(hostAgentDir),
  ]);
}
