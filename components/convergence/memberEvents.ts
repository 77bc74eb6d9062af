import * as pulumi from "@pulumi/pulumi";
import type { Member } from "../../lib/cluster/members.ts";
import type { MemberEventsInput } from "../../lib/inputs/memberEvents.ts";
import type { View } from "../../lib/membership/views.ts";
import type { DeclaredEvent } from "../../lib/settings/events.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface MemberEventsArgs {
  readonly events: readonly DeclaredEvent[];
  /** The agent that sends them. */
  readonly sender: pulumi.Input<View>;
  /** The members once the cluster has formed. */
  readonly members: pulumi.Input<readonly Member[]>;
  /** Changes whenever a member is recreated or restarted. */
  readonly incarnations: pulumi.Input<readonly string[]>;
}

/** Sends the events after each deployment that changed the members, once the cluster has formed. */
export class MemberEvents extends pulumi.ComponentResource {
  constructor(name: string, args: MemberEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:MemberEvents", name, { events: args.events }, opts);

    const input = pulumi
      .all([args.sender, args.members, args.incarnations])
      .apply(([sender, members, incarnations]): MemberEventsInput => ({
        events: args.events,
        sender,
        members,
        incarnations,
      }));
    runProgram(
      name,
      {
        create: "memberEvents",
        input,
        // From its previous output the program knows for which members it ran last.
        remembers: true,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
