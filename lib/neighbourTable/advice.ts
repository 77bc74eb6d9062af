/** The messages about a neighbour table that is too small. */
import { raisedFor, sysctlPrefix, thresholdNames, type Thresholds } from "./demand.ts";

/** The required entries of a neighbour table. */
export interface TableDemand {
  /** The number of the stack's agents on the host. */
  readonly agents: number;
  readonly own: number;
  /** The entries that the other stacks on the host need. */
  readonly others: number;
}

/** The fault that refuses a stack, with the commands that enlarge the table. */
export function tooSmall(
  demand: TableDemand,
  present: Thresholds,
  { tuneKernel = false } = {},
): string {
  const { agents, own, others } = demand;
  const more = others > 0 ? `, in addition to the ${others} of its other stacks` : "";
  const way = tuneKernel
    ? "tuneKernel is true, but only root can enlarge it. Run this as root, or enlarge the table yourself:"
    : "Run `pulumi config set tuneKernel true`, which enlarges it until the stack is destroyed, or " +
      "enlarge it yourself:";
  const command = sysctlCommand(raisedFor(own + others, present));
  return (
    `the kernel's neighbour table holds ${present.gc_thresh3} entries, but the ${agents} agents on this host ` +
    `need ${own}${more}; without them packets are dropped, and members flap. ${way}\n` +
    `      ${command}\n` +
    "    or, to keep the setting after a reboot:\n" +
    `      ${command} | sudo tee /etc/sysctl.d/60-serf-neighbours.conf`
  );
}

/** The warning if the host's kernel cannot be inspected from here. */
export function maybeTooSmall({ agents, own }: TableDemand, usual: Thresholds): string {
  return (
    `The ${agents} agents on the engine's host need ${own} entries in its kernel's neighbour table, which holds ` +
    `${usual.gc_thresh3} by default. This machine cannot see whether it was enlarged; if members flap, run there:\n` +
    `  ${sysctlCommand(raisedFor(own, usual))}`
  );
}

/** The output of `sysctl -w` has the format of the files in /etc/sysctl.d. */
function sysctlCommand(limits: Thresholds): string {
  return `sudo sysctl -w ${thresholdNames.map((name) => `${sysctlPrefix}${name}=${limits[name]}`).join(" ")}`;
}
