/** What is said about a neighbour table that is too small. */
import { raisedFor, sysctlPrefix, thresholdNames, type Thresholds } from "./demand.ts";

/** What is wanted of a table, in entries. */
export interface TableDemand {
  /** The stack's agents on the host. */
  readonly agents: number;
  readonly own: number;
  /** What the other stacks on the host want. */
  readonly others: number;
}

/** The sentence that refuses a stack, with the commands that make it fit. */
export function tooSmall(
  demand: TableDemand,
  present: Thresholds,
  { tuneKernel = false } = {},
): string {
  const { agents, own, others } = demand;
  const beside = others > 0 ? `, beside the ${others} of the other stacks on it` : "";
  const way = tuneKernel
    ? "tuneKernel is true, but only root may change that. Run this as root, or enlarge the table before:"
    : "Run `pulumi config set tuneKernel true`, which enlarges it for as long as the stack is there, or " +
      "enlarge it yourself:";
  const command = sysctlCommand(raisedFor(own + others, present));
  return (
    `the kernel's neighbour table holds ${present.gc_thresh3} entries, but the ${agents} agents on this host ` +
    `want ${own}${beside}; without them packets are dropped, and members flap. ${way}\n` +
    `      ${command}\n` +
    "    or, to have it so after a restart as well:\n" +
    `      ${command} | sudo tee /etc/sysctl.d/60-serf-neighbours.conf`
  );
}

/** For a host whose kernel cannot be looked at from here. */
export function maybeTooSmall({ agents, own }: TableDemand, usual: Thresholds): string {
  return (
    `The ${agents} agents on the engine's host want ${own} entries of its kernel's neighbour table, which holds ` +
    `${usual.gc_thresh3} by default. Whether it was enlarged cannot be seen from here; if members flap, run there:\n` +
    `  ${sysctlCommand(raisedFor(own, usual))}`
  );
}

/** It prints what it sets in the form that files in /etc/sysctl.d have. */
function sysctlCommand(limits: Thresholds): string {
  return `sudo sysctl -w ${thresholdNames.map((name) => `${sysctlPrefix}${name}=${limits[name]}`).join(" ")}`;
}
