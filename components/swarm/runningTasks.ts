import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SwarmFormationInput } from "../../lib/inputs/swarmFormation.ts";
import { programCommand } from "../stack/programCommand.ts";
import type { FormationArgs } from "./formation.ts";

/**
 * Waits until the tasks of some services run, and fails with the reason if not.
 *
 * The joiners wait for those of the seed and the hosts: so each node pulls the image once, instead of for each of its
 * tasks at the same moment, which makes an engine repeat much of it. And an image that does not work stops here.
 */
export class RunningTasks extends pulumi.ComponentResource {
  constructor(name: string, args: FormationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:swarm:RunningTasks", name, { timeout: args.timeout }, opts);

    const input = pulumi
      .output(args.incarnations)
      .apply((incarnations): SwarmFormationInput => ({ ...args, incarnations }));
    new local.Command(
      name,
      {
        create: programCommand("swarmFormation", "run"),
        stdin: pulumi.jsonStringify(input),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
