import * as pulumi from "@pulumi/pulumi";
import { agentContainer, type ClusterPlace } from "./agentContainer.ts";
import { joinerName } from "./names.ts";
import { joinerAddress, type SubnetPlan } from "./subnet.ts";

export interface JoinersArgs extends ClusterPlace {
  /** How many joiners there are. A plain number, since it decides which children exist. */
  readonly count: number;
  /** The address of the member to join. */
  readonly joinAddress: pulumi.Input<string>;
  /** Begins the members' names. */
  readonly prefix: string;
  /** Gives each joiner its address. */
  readonly subnet: SubnetPlan;
  /** Tags beside `role`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A joiner as the stack's outputs show it. */
export interface Joiner {
  readonly name: string;
  readonly ip: string;
}

/**
 * The members that join the seed. Each depends on its own index alone: another count adds or
 * removes the highest indices and touches no other joiner.
 */
export class Joiners extends pulumi.ComponentResource {
  /** In index order. */
  readonly joiners: readonly Joiner[];
  /** The engine's IDs of the containers, in index order. */
  readonly containerIds: pulumi.Output<string[]>;

  constructor(name: string, args: JoinersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Joiners", name, args, opts);

    this.joiners = Array.from({ length: args.count }, (_, position) => ({
      name: joinerName(args.prefix, position + 1),
      ip: joinerAddress(args.subnet, position + 1),
    }));
    const containers = this.joiners.map((joiner, position) =>
      agentContainer(
        `${name}-${position + 1}`,
        {
          ...args,
          name: joiner.name,
          address: joiner.ip,
          tags: { ...args.tags, role: "joiner" },
          join: pulumi.output(args.joinAddress).apply((address) => [address]),
        },
        { parent: this },
      ),
    );

    this.containerIds = pulumi.all(containers.map(({ id }) => id));
    this.registerOutputs({ joiners: this.joiners, containerIds: this.containerIds });
  }
}
