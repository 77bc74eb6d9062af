import * as pulumi from "@pulumi/pulumi";
import type { Agents, JoiningFleet } from "../../lib/plan/agents.ts";
import { writeConfigFiles } from "../cluster/configFiles.ts";
import type { Storage } from "../cluster/storage.ts";
import type { ClusterPlace } from "./clusterPlace.ts";
import { memberContainer } from "./memberContainer.ts";

export interface JoinersArgs extends ClusterPlace {
  /** Plain values, since they decide which children exist; group by group, each in index order. */
  readonly joiners: Agents["joiners"];
  /** How the joiners of each group are to behave, apart from whom they join. */
  readonly fleets: readonly JoiningFleet[];
  /** `host` or `host:port` of the member that they join. */
  readonly joinAddress: pulumi.Input<string>;
  /** Where their configurations are written. */
  readonly storage: Storage;
}

/** A joiner as the stack's outputs show it. */
export interface JoinerOutput {
  readonly name: string;
  readonly ip: string;
}

/**
 * The members that join the seed, or whoever else has the join address. Each depends on itself alone: another
 * count adds or removes the highest indices and touches no other joiner.
 *
 * The join address is not part of a container, but of the configuration that its agent reads: it can change
 * while the joiners run, and a seed that is replaced replaces none of them.
 */
export class Joiners extends pulumi.ComponentResource {
  /** Group by group, each in index order. */
  readonly joiners: readonly JoinerOutput[];
  /** The engine's IDs of the containers, in the same order. */
  readonly containerIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: JoinersArgs, opts?: pulumi.ComponentResourceOptions) {
    const shown = args.joiners.map(({ name, address }): JoinerOutput => ({ name, ip: address }));
    super("serf:cluster:Joiners", name, { joiners: shown, joinAddress: args.joinAddress }, opts);

    const { joiners, labels, network, engineState, change } = args;
    const fleets = pulumi
      .output(args.joinAddress)
      .apply((address) => args.fleets.map((fleet) => ({ ...fleet, join: [address] })));
    const configs = writeConfigFiles(
      name,
      { part: "joiners", fleets, ...args.storage.files },
      { parent: this },
    );
    this.containerIds = joiners.map(({ id, name, group, container }) => {
      const marks = { role: "joiner", group, generation: engineState.ofContainer(name) } as const;
      return memberContainer(
        id,
        { container, labels, marks, network: network.networkName, change },
        { parent: this, dependsOn: configs },
      ).id;
    });
    this.joiners = shown;
    this.registerOutputs({ joiners: this.joiners });
  }
}
