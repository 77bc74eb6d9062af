import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../lib/cluster/labels.ts";
import { programCommand } from "../stack/programCommand.ts";

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

    new local.Command(
      name,
      {
        create: programCommand("swarmKey"),
        environment: { SERF_LABELS: JSON.stringify(args.labels) },
        stdin: pulumi.secret(args.gossipKey),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
