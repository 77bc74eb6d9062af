import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { agentConfig, agentConfigPath, gossipPort, imageEventHandlers } from "./agentConfig.ts";
import type { ClusterNetwork } from "./clusterNetwork.ts";
import { configPermissions, restartPolicy, stopGrace } from "./containerSettings.ts";
import { generationLabel, labelList, type Labels } from "./labels.ts";

/** What the seed and the joiners take alike. */
export interface ClusterPlace {
  /** The image's name with the tag. */
  readonly image: pulumi.Input<string>;
  readonly network: ClusterNetwork;
  readonly labels: Labels;
  /** Tags beside `role`. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface SeedArgs extends ClusterPlace {
  /** The container's and the member's name. */
  readonly memberName: string;
  /** The seed's address, which survives its replacement. */
  readonly address: string;
  /** Where the host reaches the gossip port. */
  readonly publish: { readonly address: string; readonly port: number };
  /** A new one asks for a new container; see `standing.ts`. */
  readonly generation: string;
}

/** The member that the others join. */
export class Seed extends pulumi.ComponentResource {
  /** The container's and the member's name. */
  readonly memberName: pulumi.Output<string>;
  /**
   * The address on the cluster's network. It carries no dependency on the container, or
   * replacing the seed would replace whoever joins by it.
   */
  readonly ip: pulumi.Output<string>;
  /** `host:port` where the host reaches the gossip port. */
  readonly endpoint: pulumi.Output<string>;
  /** The engine's ID of the container. */
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: SeedArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Seed", name, args, opts);

    const { memberName, address, publish } = args;
    const identity = { name: memberName, address, tags: { ...args.tags, role: "seed" } };
    // To nobody but itself: with a join an agent announces that it is here, and only that
    // makes those see it alive who have heard that it left.
    const config = agentConfig(identity, [address], { eventHandlers: imageEventHandlers });
    const container = new docker.Container(
      name,
      {
        name: memberName,
        image: args.image,
        // Left out, it is read back as the network's name and replaces the container.
        networkMode: "bridge",
        networksAdvanced: [{ name: args.network.networkName, ipv4Address: address }],
        uploads: [
          {
            file: agentConfigPath,
            content: config,
            permissions: configPermissions.toString(8).padStart(4, "0"),
          },
        ],
        ports: ["tcp", "udp"].map((protocol) => ({
          internal: gossipPort,
          external: publish.port,
          ip: publish.address,
          protocol,
        })),
        labels: labelList({ ...args.labels, [generationLabel]: args.generation }),
        restart: restartPolicy,
        stopTimeout: stopGrace,
        destroyGraceSeconds: stopGrace,
      },
      { parent: this, deleteBeforeReplace: true },
    );

    this.memberName = pulumi.output(memberName);
    this.ip = pulumi.output(address);
    this.endpoint = pulumi.output(`${publish.address}:${publish.port}`);
    this.containerId = container.id;
    this.registerOutputs({
      memberName: this.memberName,
      ip: this.ip,
      endpoint: this.endpoint,
      containerId: this.containerId,
    });
  }
}
