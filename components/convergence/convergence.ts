import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Profile } from "../../lib/agents/config.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { ExpectedMember, Member } from "../../lib/cluster/members.ts";
import type { ConvergenceInput } from "../../lib/inputs/converge.ts";
import type { View } from "../../lib/membership/views.ts";
import { programCommand } from "../stack/programCommand.ts";

export interface ConvergenceArgs {
  /** Who must be alive, and nobody else. */
  readonly expected: readonly ExpectedMember[];
  /** The sides to look from; the first is the seed's. */
  readonly views: readonly View[];
  /** Where an agent of the host may run that is to leave first. Default: none is to. */
  readonly formerHostDir: string | undefined;
  /** The cluster's network, which containers of others have to leave that are in the cluster. */
  readonly network: string;
  readonly labels: Labels;
  /** How patient the agents are with each other. */
  readonly profile: Profile;
  /** Seconds in which the cluster must have formed. */
  readonly timeout: number;
  /** Changes whenever a member was started anew, or the cluster had to be mended. */
  readonly incarnations: pulumi.Input<readonly string[]>;
}

/**
 * Done when the cluster has formed; fails at the deadline with who is missing. It is the first to go when the
 * stack is destroyed, and then lets all members leave at once.
 */
export class Convergence extends pulumi.ComponentResource {
  /** The members as the seed saw them when the cluster had formed. */
  readonly members: pulumi.Output<Member[]>;

  constructor(name: string, args: ConvergenceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Convergence", name, { timeout: args.timeout }, opts);

    const { expected, views, formerHostDir, network, labels, profile, timeout } = args;
    const former = formerHostDir === undefined ? {} : { formerHostDir };
    const input = pulumi.output(args.incarnations).apply((incarnations): ConvergenceInput => ({
      ...{ expected, views, ...former, network, labels, profile, timeout, incarnations },
    }));
    const command = new local.Command(
      name,
      {
        create: programCommand("converge", "form"),
        delete: programCommand("converge", "dissolve"),
        stdin: pulumi.jsonStringify(input),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );

    this.members = command.stdout.apply((stdout) => JSON.parse(stdout) as Member[]);
    this.registerOutputs({ members: this.members });
  }
}
