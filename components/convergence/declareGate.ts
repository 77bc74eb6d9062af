import * as pulumi from "@pulumi/pulumi";
import type { NamedEngine } from "../../lib/engine/scope.ts";
import type { View } from "../../lib/membership/views.ts";
import type { Storage } from "../cluster/storage.ts";
import { after, type StackPlan } from "../stack/plan.ts";
import { Convergence } from "./convergence.ts";
import { declareEvents } from "./declareEvents.ts";
import type { MemberEvents } from "./memberEvents.ts";

/** The members that form the cluster, in containers on one engine or on several. */
export interface FormingMembers {
  /** The agents whose view of the cluster is checked; the first is the seed, which also sends the events. */
  readonly views: readonly [View, ...View[]];
  /** The engines on which they run; empty if there is only one. */
  readonly engines: readonly NamedEngine[];
  /** Whether a host agent that runs as a process, of an earlier configuration, has to leave first. */
  readonly isHostFormer: boolean;
  /** Changes whenever a member is recreated or restarted. */
  readonly incarnations: readonly pulumi.Input<string>[];
  /** The volumes with the configurations and keys that the members share. */
  readonly storages: readonly Pick<Storage, "generation">[];
  /** What must exist before. */
  readonly needed: readonly (pulumi.Resource | undefined)[];
}

/** The gate of a stack, and the events that are sent after it. */
export interface Gate {
  readonly convergence: Convergence;
  readonly events: MemberEvents | undefined;
}

/** Declares the wait for the cluster to form, and the events that are sent afterwards. */
export function declareGate(plan: StackPlan, members: FormingMembers): Gate {
  const { settings, names, labels, agents } = plan;
  const { views, engines, isHostFormer, storages, needed } = members;
  const incarnations = pulumi.all([
    ...members.incarnations,
    ...storages.map(({ generation }) => generation),
  ]);
  const convergence = new Convergence(
    "convergence",
    {
      ...{ expected: agents.expected, views, engines, network: names.network, labels },
      ...{ profile: settings.profile, timeout: settings.convergenceTimeout, incarnations },
      formerHostDir: isHostFormer ? names.hostAgentDir : undefined,
    },
    after(plan, ...needed),
  );
  const [sender] = views;
  const args = { sender, members: convergence.members, incarnations };
  return { convergence, events: declareEvents(plan, args, convergence) };
}
