import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { generationLabel, labelList, type Labels } from "../../lib/cluster/labels.ts";
import type { SubnetPlan } from "../../lib/cluster/subnet.ts";
import type { EngineState } from "../../lib/drift/engineState.ts";

export interface ClusterNetworkArgs {
  /** The network's name on the engine. */
  readonly networkName: string;
  readonly labels: Labels;
  readonly subnet: SubnetPlan;
  /** Whether it spans the engines of a Swarm. Default: it is a bridge on one engine. */
  readonly isOverlay?: boolean;
  /** Provides the network's generation; a new generation recreates the network. */
  readonly engineState: Pick<EngineState, "ofNetwork">;
}

/** The network that the members share, with its complete address plan. */
export class ClusterNetwork extends pulumi.ComponentResource {
  readonly networkName: pulumi.Output<string>;
  /** The network's ID on the engine. */
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: ClusterNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { networkName, labels, subnet, engineState, isOverlay = false } = args;
    super("serf:cluster:Network", name, { networkName, labels, subnet }, opts);

    const network = new docker.Network(
      name,
      {
        name: networkName,
        ...(isOverlay ? { driver: "overlay", attachable: true } : { driver: "bridge" }),
        ipamConfigs: [
          {
            subnet: subnet.cidr,
            gateway: subnet.gateway,
            ipRange: subnet.dynamicRange,
          },
        ],
        labels: labelList({ ...labels, [generationLabel]: engineState.ofNetwork(networkName) }),
      },
      // The subnets of the old and the new network would overlap.
      { parent: this, deleteBeforeReplace: true },
    );

    this.networkName = network.name;
    this.networkId = network.id;
    this.registerOutputs({ networkName: this.networkName, networkId: this.networkId });
  }
}
