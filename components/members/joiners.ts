import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Agents, JoiningFleet } from "../../lib/plan/agents.ts";
import { writeConfigFiles } from "../cluster/configFiles.ts";
import type { Storage } from "../cluster/storage.ts";
import type { ClusterPlace } from "./clusterPlace.ts";
import { memberContainer } from "./memberContainer.ts";

export interface JoinersArgs extends ClusterPlace {
  /**
   * The joiners, group by group, each group in index order. Plain values, because they decide which children
   * exist.
   */
  readonly joiners: Agents["joiners"];
  /** The configuration of each group, without the join address. */
  readonly fleets: readonly JoiningFleet[];
  /** `host` or `host:port` of the member that the joiners join. */
  readonly joinAddress: pulumi.Input<string>;
  /** Where they run. */
  readonly places: readonly MemberPlace[];
}

/** An engine on which members run. */
export interface MemberPlace {
  /** Its name; undefined if the stack has only one. */
  readonly engine: string | undefined;
  /** The volumes to which their configurations are written. */
  readonly storage: Pick<Storage, "files">;
  /** Of the containers. Default: that of the component. */
  readonly provider?: docker.Provider;
  /** The variables that direct a command to the engine. Default: those of the component. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A joiner in the stack's outputs. */
export interface JoinerOutput {
  readonly name: string;
  readonly ip: string;
}

/**
 * The members that join the seed, or another member at the join address. No joiner depends on another: changing
 * the count adds or removes the highest indices and leaves the other joiners alone.
 *
 * The join address is part of the configuration files, not of the containers. It can change while the joiners run,
 * and recreating the seed recreates no joiner.
 */
export class Joiners extends pulumi.ComponentResource {
  /** Group by group, each group in index order. */
  readonly joiners: readonly JoinerOutput[];
  /** In the same order. */
  readonly containers: readonly docker.Container[];

  constructor(name: string, args: JoinersArgs, opts?: pulumi.ComponentResourceOptions) {
    const shown = args.joiners.map(({ name, address }): JoinerOutput => ({ name, ip: address }));
    super("serf:cluster:Joiners", name, { joiners: shown, joinAddress: args.joinAddress }, opts);

    const { joiners, labels, network, engineState, change, places } = args;
    const fleets = pulumi
      .output(args.joinAddress)
      .apply((address) => args.fleets.map((fleet) => ({ ...fleet, join: [address] })));
    const written = new Map(
      places.map(({ engine, storage, environment }) => {
        const files = { part: "joiners", fleets, environment, ...storage.files } as const;
        const id = engine === undefined ? name : `${name}-${engine}`;
        return [engine, writeConfigFiles(id, files, { parent: this })] as const;
      }),
    );
    const providers = new Map(places.map(({ engine, provider }) => [engine, provider]));
    this.containers = joiners.map(({ id, name, group, container, engine }) => {
      const generation = engineState.ofContainer(name);
      const marks = { role: "joiner", group, generation, engine } as const;
      const provider = providers.get(engine);
      return memberContainer(
        id,
        { container, labels, marks, network: network.networkName, change },
        { parent: this, dependsOn: written.get(engine)!, ...(provider && { provider }) },
      );
    });
    this.joiners = shown;
    this.registerOutputs({ joiners: this.joiners });
  }

  /** The containers' IDs on the engine, in the same order. */
  get containerIds(): readonly pulumi.Output<string>[] {
    return this.containers.map(({ id }) => id);
  }
}
