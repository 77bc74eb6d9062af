import * as pulumi from "@pulumi/pulumi";
import type { NeighbourTableInput } from "../../lib/inputs/neighbourTable.ts";
import { wantedEntries } from "../../lib/neighbourTable/demand.ts";
import { agentsOnHost } from "../../lib/settings/members/groups.ts";
import type { StackPlan } from "../stack/plan.ts";
import { runProgram } from "../stack/runProgram.ts";

export type NeighbourTableArgs = NeighbourTableInput;

/**
 * Makes the kernel's neighbour table large enough for all stacks on this host. It is created before any agent and
 * destroyed after all of them.
 *
 * The program reads the table's size before it declares this resource. If the table is too small, for example
 * after a reboot, a new generation makes the next `up` enlarge it, and a preview shows that.
 */
export class NeighbourTable extends pulumi.ComponentResource {
  constructor(name: string, args: NeighbourTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:NeighbourTable", name, args, opts);

    runProgram(
      name,
      { create: "neighbourTable claim", delete: "neighbourTable release", input: args },
      { parent: this },
    );
    this.registerOutputs({ generation: args.generation });
  }
}

/** Declares the table if `tuneKernel` allows it; otherwise there is nothing to depend on. */
export function declareNeighbourTable(
  plan: Pick<StackPlan, "settings" | "labels" | "engineState" | "engine">,
): NeighbourTable[] {
  const { settings, labels, engineState, engine } = plan;
  if (!settings.tuneKernel) return [];
  const entries = wantedEntries(agentsOnHost(settings.groups));
  const generation = engineState.ofNeighbourTable;
  return [new NeighbourTable("neighbour-table", { labels, entries, generation }, engine)];
}
