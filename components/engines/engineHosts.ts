import * as pulumi from "@pulumi/pulumi";
import type { PlannedMember } from "../../lib/plan/agents.ts";
import type { ClusterPlace } from "../members/clusterPlace.ts";
import { memberContainer } from "../members/memberContainer.ts";
import type { EnginePlace } from "./enginePlace.ts";

export interface EngineHostsArgs extends ClusterPlace {
  readonly hosts: readonly PlannedMember[];
  readonly places: readonly EnginePlace[];
  /** The members that must exist before the agent of their engine's host, by engine. */
  readonly first: ReadonlyMap<string, readonly pulumi.Resource[]>;
}

/**
 * The agents of the engines' hosts, each in a container on the cluster's network.
 *
 * When all members are replaced, an engine's joiners come first: a container of the network must always run there.
 * Docker removes an overlay network from an engine with its last container, also while another one is just starting.
 * That one then fails, and its address stays taken in the Swarm.
 */
export class EngineHosts extends pulumi.ComponentResource {
  /** The containers' IDs, in the order of the engines. */
  readonly containerIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: EngineHostsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hosts, places, first, labels, network, engineState, change } = args;
    super("serf:engines:Hosts", name, { hosts: hosts.map(({ name }) => name) }, opts);

    this.containerIds = hosts.map(({ id, name, engine, container }) => {
      const { storage, provider } = places.find((place) => place.engine === engine)!;
      const generation = engineState.ofContainer(name);
      return memberContainer(
        id,
        {
          ...{ container, labels, network: network.networkName, change },
          marks: { role: "host", group: "host", generation, engine },
        },
        { parent: this, provider, dependsOn: [storage, ...(first.get(engine!) ?? [])] },
      ).id;
    });
    this.registerOutputs({});
  }
}
