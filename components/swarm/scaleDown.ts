import * as pulumi from "@pulumi/pulumi";
import type { SwarmScalingInput } from "../../lib/inputs/swarmScaling.ts";
import { runProgram } from "../stack/runProgram.ts";

/**
 * Lets the members leave a few at a time when services get fewer tasks or are removed. The services depend on it: the
 * provider's own update takes only one step.
 */
export class ScaleDown extends pulumi.ComponentResource {
  constructor(name: string, args: SwarmScalingInput, opts?: pulumi.ComponentResourceOptions) {
    super("serf:swarm:ScaleDown", name, {}, opts);

    runProgram(
      name,
      {
        // Not for a new stack, whose services do not exist yet.
        update: "swarmScaling",
        input: args,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
