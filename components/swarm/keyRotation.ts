import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../lib/cluster/labels.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface KeyRotationArgs {
  /** A secret. */
  readonly gossipKey: pulumi.Input<string>;
  readonly labels: Labels;
}

/**
 * Rotates the gossip key of the running members before the services get the secret with the new one: a task that
 * starts with the new key alone could not talk to the others otherwise.
 */
export class KeyRotation extends pulumi.ComponentResource {
  constructor(name: string, args: KeyRotationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:swarm:KeyRotation", name, {}, opts);

    runProgram(
      name,
      {
        create: "swarmKey",
        environment: { SERF_LABELS: JSON.stringify(args.labels) },
        input: pulumi.secret(args.gossipKey),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
