import * as pulumi from "@pulumi/pulumi";
import type { Member } from "../../lib/cluster/members.ts";
import type { SwarmFormationInput, SwarmFormationResult } from "../../lib/inputs/swarmFormation.ts";
import type { View } from "../../lib/membership/views.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface FormationArgs extends Omit<SwarmFormationInput, "services" | "incarnations"> {
  readonly services: pulumi.Input<SwarmFormationInput["services"]>;
  /** Changes whenever a service or what its tasks read changes. */
  readonly incarnations: pulumi.Input<readonly string[]>;
}

/** Waits until Swarm has done what was declared and the members see each other, and fails with the reason if not. */
export class Formation extends pulumi.ComponentResource {
  /** The members, as the agent of the manager's host sees them once the cluster has formed. */
  readonly members: pulumi.Output<readonly Member[]>;
  /** An agent that answers on the manager. */
  readonly view: pulumi.Output<View>;

  constructor(name: string, args: FormationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:swarm:Formation", name, { timeout: args.timeout }, opts);

    const command = runProgram(
      name,
      { create: "swarmFormation form", input: args },
      { parent: this },
    );
    const result = command.stdout.apply((stdout) => JSON.parse(stdout) as SwarmFormationResult);
    this.members = result.members;
    this.view = result.view;
    this.registerOutputs({ members: this.members });
  }
}
