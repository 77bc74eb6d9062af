import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labelList, type Labels } from "../../lib/cluster/labels.ts";
import type { SubnetPlan } from "../../lib/cluster/subnet.ts";
import type { SwarmRemovalInput } from "../../lib/inputs/swarmRemoval.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface OverlayNetworkArgs {
  /** The network's name on the engine. */
  readonly networkName: string;
  readonly labels: Labels;
  readonly subnet: SubnetPlan;
  /** What a destroy removes only when no node has anything of the services any more. */
  readonly needed: readonly pulumi.Resource[];
}

/** The network that the members on all nodes of the Swarm share. */
export class OverlayNetwork extends pulumi.ComponentResource {
  readonly networkId: pulumi.Output<string>;
  /**
   * What services must depend on: it waits, when they have been deleted, until no node has anything of them. Swarm
   * removes a service at once, and its tasks afterwards.
   */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: OverlayNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { networkName, labels, subnet } = args;
    super("serf:swarm:Network", name, { networkName, labels, subnet }, opts);

    const network = new docker.Network(
      name,
      {
        ...{ name: networkName, driver: "overlay", attachable: true },
        // Complete: what Docker adds would count as a change after a refresh.
        ipamConfigs: [{ subnet: subnet.cidr, gateway: subnet.gateway }],
        labels: labelList(labels),
      },
      { parent: this, deleteBeforeReplace: true },
    );
    const removal: SwarmRemovalInput = { network: networkName, labels };
    this.ready = runProgram(
      `${name}-removal`,
      { delete: "swarmRemoval", input: removal },
      { parent: this, dependsOn: [network, ...args.needed] },
    );
    this.networkId = network.id;
    this.registerOutputs({ networkId: this.networkId });
  }
}
