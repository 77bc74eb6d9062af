import * as pulumi from "@pulumi/pulumi";
import type { SwarmTasksInput } from "../../lib/inputs/swarmFormation.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface RunningTasksArgs extends Omit<SwarmTasksInput, "services"> {
  readonly services: pulumi.Input<SwarmTasksInput["services"]>;
}

/**
 * Waits until the tasks of some new services run, and fails with the reason if not.
 *
 * The joiners wait for those of the seed and the hosts: so each node pulls the image once, instead of for each of its
 * tasks at the same moment, which makes an engine repeat much of it. Only when the services are created: if only those
 * two were updated, and set back, their new tasks would form a cluster without the joiners.
 */
export class RunningTasks extends pulumi.ComponentResource {
  constructor(name: string, args: RunningTasksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:swarm:RunningTasks", name, {}, opts);

    runProgram(
      name,
      { create: "swarmFormation run", input: args },
      { parent: this, ignoreChanges: ["stdin"] },
    );
    this.registerOutputs({});
  }
}
