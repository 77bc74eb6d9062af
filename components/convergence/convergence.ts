import * as pulumi from "@pulumi/pulumi";
import type { Profile } from "../../lib/agents/config.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { ExpectedMember, Member } from "../../lib/cluster/members.ts";
import type { ConvergenceInput } from "../../lib/inputs/converge.ts";
import type { NamedEngine } from "../../lib/engine/scope.ts";
import type { View } from "../../lib/membership/views.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface ConvergenceArgs {
  /** The members that must be alive; any other live member is an error. */
  readonly expected: readonly ExpectedMember[];
  /** The agents whose view of the cluster is checked; the first is the seed. */
  readonly views: readonly View[];
  /** The folder of a host agent that must leave the cluster first. Default: none has to. */
  readonly formerHostDir: string | undefined;
  /** The cluster's network; other containers that have become members are disconnected from it. */
  readonly network: string;
  readonly labels: Labels;
  /** The engines on which the members run; empty if there is only one. */
  readonly engines: readonly NamedEngine[];
  /** Serf's timing profile. */
  readonly profile: Profile;
  /** Seconds until the cluster must have formed. */
  readonly timeout: number;
  /** Changes whenever a member is recreated or restarted, or the cluster has to be repaired. */
  readonly incarnations: pulumi.Input<readonly string[]>;
}

/**
 * Waits until the cluster has formed, and fails at the deadline with the members that are missing. Because it
 * depends on all members, a destroy begins with it; it then lets all members leave at once.
 */
export class Convergence extends pulumi.ComponentResource {
  /** The members, as the seed sees them once the cluster has formed. */
  readonly members: pulumi.Output<Member[]>;

  constructor(name: string, args: ConvergenceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Convergence", name, { timeout: args.timeout }, opts);

    const { expected, views, formerHostDir, network, labels, engines, profile, timeout } = args;
    const former = formerHostDir === undefined ? {} : { formerHostDir };
    const places = engines.length === 0 ? {} : { engines };
    const input = pulumi.output(args.incarnations).apply((incarnations): ConvergenceInput => ({
      ...{ expected, views, ...former, ...places, network, labels, profile, timeout, incarnations },
    }));
    const command = runProgram(
      name,
      { create: "converge form", delete: "converge dissolve", input },
      { parent: this },
    );

    this.members = command.stdout.apply((stdout) => JSON.parse(stdout) as Member[]);
    this.registerOutputs({ members: this.members });
  }
}
