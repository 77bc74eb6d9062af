import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { EngineRosterInput } from "../../lib/inputs/engineRoster.ts";
import { programCommand } from "../stack/programCommand.ts";

/**
 * Lets the members on engines that are not listed any more leave the cluster. Pulumi deletes their containers only at
 * the very end, but the cluster must be complete before that.
 */
export class EngineRoster extends pulumi.ComponentResource {
  constructor(name: string, args: EngineRosterInput, opts?: pulumi.ComponentResourceOptions) {
    super("serf:engines:Roster", name, {}, opts);

    new local.Command(
      name,
      {
        create: programCommand("engineRoster"),
        stdin: JSON.stringify(args),
        // The output of the last run says which engines it listed.
        addPreviousOutputInEnv: true,
        logging: "stderr",
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
