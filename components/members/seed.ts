import * as pulumi from "@pulumi/pulumi";
import { gossipPort } from "../../lib/agents/config.ts";
import type { AgentContainer } from "../../lib/containers/description.ts";
import type { ClusterPlace } from "./clusterPlace.ts";
import { memberContainer } from "./memberContainer.ts";

export interface SeedArgs extends ClusterPlace {
  /** Keeps its address when it is replaced. */
  readonly container: AgentContainer;
  /** The name of its engine. Default: the stack has only one. */
  readonly engine?: string | undefined;
}

/** The member that the others join by default. */
export class Seed extends pulumi.ComponentResource {
  /** The name of both the container and the member. */
  readonly memberName: pulumi.Output<string>;
  /**
   * The container's address on the cluster's network. It does not depend on the container: otherwise replacing the
   * seed would replace everything that uses the address.
   */
  readonly ip: pulumi.Output<string>;
  /** `host:port` at which the host reaches the gossip port. */
  readonly endpoint: pulumi.Output<string>;
  /** The container's ID on the engine. */
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: SeedArgs, opts?: pulumi.ComponentResourceOptions) {
    const { container, engine, labels, network, engineState, change } = args;
    super("serf:cluster:Seed", name, { container }, opts);

    const generation = engineState.ofContainer(container.name);
    const { id } = memberContainer(
      name,
      {
        ...{ container, labels, network: network.networkName, change },
        marks: { role: "seed", group: "seed", generation, engine },
      },
      { parent: this },
    );
    const { address, port } = container.publish ?? { address: container.address, port: gossipPort };
    this.memberName = pulumi.output(container.name);
    this.ip = pulumi.output(container.address);
    this.endpoint = pulumi.output(`${address}:${port}`);
    this.containerId = id;
    this.registerOutputs({
      memberName: this.memberName,
      ip: this.ip,
      endpoint: this.endpoint,
      containerId: this.containerId,
    });
  }
}
