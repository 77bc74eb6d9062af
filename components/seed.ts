import * as pulumi from "@pulumi/pulumi";
import { agentContainer, type ClusterPlace } from "./agentContainer.ts";

export interface SeedArgs extends ClusterPlace {
  /** The container's and the member's name. */
  readonly memberName: string;
  /** The seed's address, which survives its replacement. */
  readonly address: string;
  /** Tags beside `role`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Where the host reaches the gossip port. */
  readonly publish: { readonly address: string; readonly port: number };
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

    const container = agentContainer(
      name,
      {
        ...args,
        name: args.memberName,
        tags: { ...args.tags, role: "seed" },
        // To nobody but itself: with a join an agent announces that it is here, and only that
        // makes those see it alive who have heard that it left.
        join: [args.address],
      },
      { parent: this },
    );

    this.memberName = pulumi.output(args.memberName);
    this.ip = pulumi.output(args.address);
    this.endpoint = pulumi.output(`${args.publish.address}:${args.publish.port}`);
    this.containerId = container.id;
    this.registerOutputs({
      memberName: this.memberName,
      ip: this.ip,
      endpoint: this.endpoint,
      containerId: this.containerId,
    });
  }
}
