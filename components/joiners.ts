import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { JoinersInput, JoinersResult } from "../programs/joiners.ts";
import {
  type DeclaredJoiner,
  describePlan,
  joinerSpecs,
  planJoiners,
  withGenerations,
} from "./joinerPlan.ts";
import { programCommand } from "./programCommand.ts";
import type { Rolling } from "./rollout.ts";
import type { ClusterPlace } from "./seed.ts";
import type { FoundContainer } from "./standing.ts";

export interface JoinersArgs extends ClusterPlace {
  /** Plain values, since they decide which children exist. */
  readonly joiners: readonly DeclaredJoiner[];
  /** The images' names with their tags, by the names of the groups. */
  readonly images: Readonly<Record<string, pulumi.Input<string>>>;
  /** The joiners' containers that are there already. */
  readonly found: readonly FoundContainer[];
  /** The generation of what is to be made anew; see `standing.ts`. */
  readonly fresh: string;
  /** How members are replaced while the cluster goes on. Default: all at once. */
  readonly rolling?: Rolling | undefined;
}

/** A joiner as the stack's outputs show it. */
export interface JoinerOutput {
  readonly name: string;
  readonly ip: string;
}

/**
 * The members that join the seed. Each depends on itself alone: another count adds or removes the
 * highest indices and touches no other joiner.
 *
 * Their containers are made by one command and not by a resource each. A resource for each of 100
 * containers costs as much processor time as the engine needs for half of them, at each `up`; see
 * bench/README.md. What becomes of each joiner is said in a message, in a preview, too.
 */
export class Joiners extends pulumi.ComponentResource {
  /** Group by group, each in index order. */
  readonly joiners: readonly JoinerOutput[];
  /** Changes whenever another container is among them. */
  readonly incarnation: pulumi.Output<string>;

  constructor(name: string, args: JoinersArgs, opts?: pulumi.ComponentResourceOptions) {
    const { network, volumes, limits, profile, labels, joiners, found, rolling } = args;
    // Not all of `args`: with the network among them, nothing here would begin before it is made.
    const shown = joiners.map(({ name, address }): JoinerOutput => ({ name, ip: address }));
    super("serf:cluster:Joiners", name, { joiners: shown }, opts);

    const images = pulumi.all(args.images);
    const input = images.apply((images): JoinersInput => {
      const template = { images, network: network.identity, volumes, limits, profile, labels };
      const specs = joinerSpecs({ ...template, joiners });
      return {
        ...template,
        joiners: withGenerations(specs, found, args.fresh),
        ...(rolling && { rolling }),
      };
    });
    // The provider needs two seconds more for a network than the engine. On the way up the program
    // therefore waits for the network itself; on the way down the removal, which depends on the
    // network and the images, takes all joiners away before those go.
    const command = new local.Command(
      name,
      {
        create: programCommand("joiners", "create"),
        update: programCommand("joiners", "update"),
        stdin: pulumi.jsonStringify(input),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    new local.Command(
      `${name}-removal`,
      {
        delete: programCommand("joiners", "delete"),
        stdin: pulumi.jsonStringify({ labels, images }),
        triggers: [network.networkId],
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this, deleteBeforeReplace: true },
    );
    input.apply((known) => {
      const changes = describePlan(planJoiners(joinerSpecs(known), found));
      if (changes !== undefined) void pulumi.log.info(changes, this);
    });

    this.joiners = shown;
    this.incarnation = command.stdout.apply(
      (stdout) => (JSON.parse(stdout) as JoinersResult).incarnation,
    );
    this.registerOutputs({ joiners: this.joiners, incarnation: this.incarnation });
  }
}
