import * as pulumi from "@pulumi/pulumi";
import { processLimit } from "../../lib/containers/description.ts";
import type { ProcessLimitsInput } from "../../lib/inputs/processLimits.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface ProcessLimitsArgs {
  /** The containers' IDs on the engine. */
  readonly containers: readonly pulumi.Input<string>[];
  /** A new generation sets the limits again; see `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** Limits the number of processes in all members' containers, for which the provider's container has no input. */
export class ProcessLimits extends pulumi.ComponentResource {
  constructor(name: string, args: ProcessLimitsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:ProcessLimits", name, {}, opts);

    const input = pulumi.all([...args.containers]).apply((containers): ProcessLimitsInput => ({
      containers,
      limit: processLimit,
      generation: args.generation,
    }));
    runProgram(name, { create: "processLimits", input }, { parent: this });
    this.registerOutputs({ generation: args.generation });
  }
}
