import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { NeighbourTableInput } from "../../lib/inputs/neighbourTable.ts";
import { wantedEntries } from "../../lib/neighbourTable/demand.ts";
import { agentsOnHost } from "../../lib/settings/groups.ts";
import type { StackPlan } from "../stack/plan.ts";
import { programCommand } from "../stack/programCommand.ts";

export type NeighbourTableArgs = NeighbourTableInput;

/**
 * The kernel's neighbour table, as large as all stacks on this host want it together. It must be there before
 * any agent, and goes after all of them.
 *
 * Whether the table still is as large, for example after a reboot, is looked up before it is declared:
 * when it is not, a new generation makes the next deployment enlarge it, and a preview shows that.
 */
export class NeighbourTable extends pulumi.ComponentResource {
  constructor(name: string, args: NeighbourTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:NeighbourTable", name, args, opts);

    new local.Command(
      name,
      {
        create: programCommand("neighbourTable", "claim"),
        delete: programCommand("neighbourTable", "release"),
        stdin: JSON.stringify(args),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    this.registerOutputs({ generation: args.generation });
  }
}

/** Declares the table where the user has allowed it; there is nothing to depend on where not. */
export function declareNeighbourTable(
  plan: Pick<StackPlan, "settings" | "labels" | "engineState" | "engine">,
): NeighbourTable[] {
  const { settings, labels, engineState, engine } = plan;
  if (!settings.tuneKernel) return [];
  const entries = wantedEntries(agentsOnHost(settings.groups));
  const generation = engineState.ofNeighbourTable;
  return [new NeighbourTable("neighbour-table", { labels, entries, generation }, engine)];
}
