import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { basename } from "node:path";
import { keyringPath, rpcConfig, tokenPath } from "../../lib/agents/config.ts";
import { keyringFile } from "../../lib/agents/keyring.ts";
import { labelList, type Labels } from "../../lib/cluster/labels.ts";
import { rpcConfigFile, taskFile } from "../../lib/swarm/description.ts";
import type { ClusterSecrets } from "../cluster/clusterSecrets.ts";
import type { SecretFile } from "./agentService.ts";

export interface SwarmSecretsArgs {
  readonly secrets: Pick<ClusterSecrets, "gossipKey" | "rpcToken">;
  readonly labels: Labels;
}

/** The gossip key and the RPC token as secrets of the Swarm, which only the agents' tasks can read. */
export class SwarmSecrets extends pulumi.ComponentResource {
  readonly files: readonly SecretFile[];

  constructor(name: string, args: SwarmSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:swarm:Secrets", name, {}, opts);

    const { gossipKey, rpcToken } = args.secrets;
    const file = (what: string, fileName: string, content: pulumi.Output<string>): SecretFile => ({
      ...taskFile(fileName),
      // Without a name of its own, so that the new one is created before the services give up the old one.
      secret: new docker.Secret(
        `${name}-${what}`,
        {
          data: pulumi.secret(content.apply((text) => Buffer.from(text).toString("base64"))),
          labels: labelList(args.labels),
        },
        { parent: this },
      ),
    });
    this.files = [
      file(
        "keyring",
        basename(keyringPath),
        gossipKey.apply((key) => keyringFile([key])),
      ),
      file("rpc-config", rpcConfigFile, rpcToken.apply(rpcConfig)),
      file("rpc-token", basename(tokenPath), rpcToken),
    ];
    this.registerOutputs({});
  }
}
