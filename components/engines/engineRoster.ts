import * as pulumi from "@pulumi/pulumi";
import type { EngineRosterInput } from "../../lib/inputs/engineRoster.ts";
import { runProgram } from "../stack/runProgram.ts";

/**
 * Lets the members on engines that are not listed any more leave the cluster. Pulumi deletes their containers only at
 * the very end, but the cluster must be complete before that.
 */
export class EngineRoster extends pulumi.ComponentResource {
  constructor(name: string, args: EngineRosterInput, opts?: pulumi.ComponentResourceOptions) {
    super("serf:engines:Roster", name, {}, opts);

    runProgram(
      name,
      {
        create: "engineRoster",
        input: args,
        // The output of the last run says which engines it listed.
        remembers: true,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
