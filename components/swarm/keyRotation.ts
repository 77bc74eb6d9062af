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
export function rotateKey(
  name: string,
  { gossipKey, labels }: KeyRotationArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      create: programCommand("swarmKey"),
      environment: { SERF_LABELS: JSON.stringify(labels) },
      stdin: pulumi.secret(gossipKey),
      addPreviousOutputInEnv: false,
      logging: "stderr",
    },
    opts,
  );
}
