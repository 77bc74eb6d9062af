import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { generationLabel, labelList, type Labels } from "../../lib/cluster/labels.ts";
import type { SubnetPlan } from "../../lib/cluster/subnet.ts";

export interface ClusterNetworkArgs {
  /** The network's name on the engine. */
  readonly networkName: string;
  readonly labels: Labels;
  readonly subnet: SubnetPlan;
  /** A new one asks for a new network; see `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** The bridge network that the members share, with its whole address plan given in full. */
export class ClusterNetwork extends pulumi.ComponentResource {
  readonly networkName: pulumi.Output<string>;
  /** The engine's ID of the network. */
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: ClusterNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Network", name, args, opts);

    const network = new docker.Network(
      name,
      {
        name: args.networkName,
        driver: "bridge",
        ipamConfigs: [
          {
            subnet: args.subnet.cidr,
            gateway: args.subnet.gateway,
            ipRange: args.subnet.dynamicRange,
          },
        ],
        labels: labelList({ ...args.labels, [generationLabel]: args.generation }),
      },
      // The new network would overlap the old one.
      { parent: this, deleteBeforeReplace: true },
    );

    this.networkName = network.name;
    this.networkId = network.id;
    this.registerOutputs({ networkName: this.networkName, networkId: this.networkId });
  }
}
