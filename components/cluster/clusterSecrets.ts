import * as pulumi from "@pulumi/pulumi";
import { runProgram } from "../stack/runProgram.ts";

export interface ClusterSecretsArgs {
  /** The gossip key. Default: one is generated with the stack. */
  readonly gossipKey: string | undefined;
  /** Changing the number generates a new key. */
  readonly keyRotation: number;
}

/** The secrets of the agents: the gossip key and the RPC token. */
export class ClusterSecrets extends pulumi.ComponentResource {
  /** In base64; a Pulumi secret. */
  readonly gossipKey: pulumi.Output<string>;
  /** A Pulumi secret. */
  readonly rpcToken: pulumi.Output<string>;

  constructor(name: string, args: ClusterSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:ClusterSecrets", name, { keyRotation: args.keyRotation }, opts);

    const generate = (what: string, triggers: unknown[]) => {
      const command = runProgram(
        `${name}-${what}`,
        { create: "secrets", triggers, logging: "none" },
        {
          parent: this,
          additionalSecretOutputs: ["stdout"],
          // A different command line, for example in another version of this project, must not generate a new
          // secret.
          ignoreChanges: ["create"],
        },
      );
      return pulumi.secret(command.stdout);
    };
    this.gossipKey =
      args.gossipKey === undefined
        ? generate("gossip-key", [args.keyRotation])
        : pulumi.secret(args.gossipKey);
    this.rpcToken = generate("rpc-token", []);
    this.registerOutputs({});
  }
}

/**
 * The SDK's debug messages contain the outputs of resources, with secrets in plain text. Pulumi prints them with
 * `--debug`, and with `--logtostderr` from `--verbose=3` on
 * (https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/nodejs/runtime/resource.ts, "RPC finished").
 */
export function silenceSdk(): void {
  const log: { debug: typeof pulumi.log.debug } = pulumi.log;
  log.debug = () => Promise.resolve();
}
