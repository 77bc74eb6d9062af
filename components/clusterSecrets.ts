import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterSecretsArgs {
  /** The gossip key. Default: one that is generated with the stack. */
  readonly gossipKey: string | undefined;
  /** Another number asks for another generated key. */
  readonly keyRotation: number;
}

/** What agents keep to themselves: the key of their gossip, and the token that their RPC asks for. */
export class ClusterSecrets extends pulumi.ComponentResource {
  /** In base64; a Pulumi secret. */
  readonly gossipKey: pulumi.Output<string>;
  /** A Pulumi secret. */
  readonly rpcToken: pulumi.Output<string>;

  constructor(name: string, args: ClusterSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:ClusterSecrets", name, { keyRotation: args.keyRotation }, opts);

    const generate = (what: string, triggers: unknown[]) => {
      const command = new local.Command(
        `${name}-${what}`,
        {
          create: "node programs/secrets.ts",
          triggers,
          addPreviousOutputInEnv: false,
          logging: "none",
        },
        { parent: this, additionalSecretOutputs: ["stdout"] },
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
