import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { generationLabel, labelList, type Labels } from "../../lib/cluster/labels.ts";
import { leaseLabels, type LeaseTerms } from "../../lib/cluster/lease.ts";
import type { EngineState } from "../../lib/drift/engineState.ts";
import type { StackPlan } from "../stack/plan.ts";

export interface LeaseArgs extends LeaseTerms {
  /** The name of the volume that carries it. */
  readonly volumeName: string;
  readonly labels: Labels;
  /** Provides the volume's generation. */
  readonly engineState: Pick<EngineState, "ofVolume">;
}

/**
 * Says on the engine who has the stack and for how long. The labels of an object cannot be changed without replacing
 * it, so they are on an empty volume of its own, which nothing mounts.
 */
export class Lease extends pulumi.ComponentResource {
  constructor(name: string, args: LeaseArgs, opts?: pulumi.ComponentResourceOptions) {
    const { volumeName, labels, engineState, ...terms } = args;
    super("serf:cluster:Lease", name, terms, opts);

    const generation = engineState.ofVolume(volumeName);
    new docker.Volume(
      name,
      {
        name: volumeName,
        labels: labelList({
          ...leaseLabels(labels, terms),
          ...(generation !== undefined && { [generationLabel]: generation }),
        }),
      },
      // The new volume has the same name as the old one.
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs({});
  }
}

/** Declares the lease of a stack. */
export function declareLease({ names, labels, engineState, lease, engine }: StackPlan): Lease {
  return new Lease("lease", { volumeName: names.lease, labels, engineState, ...lease }, engine);
}
