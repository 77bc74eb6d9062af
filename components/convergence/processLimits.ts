import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { processLimit } from "../../lib/containers/description.ts";
import type { ProcessLimitsInput } from "../../lib/inputs/processLimits.ts";
import { programCommand } from "../stack/programCommand.ts";

export interface ProcessLimitsArgs {
  /** The engine's IDs of the containers. */
  readonly containers: readonly pulumi.Input<string>[];
  /** A new one asks for the limits again; see `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** Limits the processes of all members' containers, which the provider has no input for. */
export class ProcessLimits extends pulumi.ComponentResource {
  constructor(name: string, args: ProcessLimitsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:ProcessLimits", name, {}, opts);

    const input = pulumi.all([...args.containers]).apply((containers): ProcessLimitsInput => ({
      containers,
      limit: processLimit,
      generation: args.generation,
    }));
    new local.Command(
      name,
      {
        create: programCommand("processLimits"),
        stdin: pulumi.jsonStringify(input),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    this.registerOutputs({ generation: args.generation });
  }
}
