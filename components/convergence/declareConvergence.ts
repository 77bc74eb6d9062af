import * as pulumi from "@pulumi/pulumi";
import type { View } from "../../lib/membership/views.ts";
import type { Storage } from "../cluster/storage.ts";
import type { HostAgent } from "../members/hostAgent.ts";
import type { HostContainer } from "../members/hostContainer.ts";
import type { Joiners } from "../members/joiners.ts";
import type { Seed } from "../members/seed.ts";
import { after, type StackPlan } from "../stack/plan.ts";
import { Convergence } from "./convergence.ts";
import { MemberEvents } from "./memberEvents.ts";
import { ProcessLimits } from "./processLimits.ts";

/** The members that form the cluster. */
export interface ConvergingMembers {
  readonly seed: Seed;
  readonly joiners: Joiners;
  /** Undefined if the host does not join. */
  readonly host: HostAgent | HostContainer | undefined;
  /** The volumes with the configurations and keys that the members share. */
  readonly storage: Storage;
}

/** Declares the wait for the cluster to form, and the events that are sent afterwards. */
export function declareConvergence(
  plan: StackPlan,
  { seed, joiners, host, storage }: ConvergingMembers,
): { readonly convergence: Convergence; readonly events: MemberEvents | undefined } {
  const { settings, names, labels, agents, engineState } = plan;
  const containers = [seed.containerId, ...joiners.containerIds, ...(host?.containerIds ?? [])];
  const generation = engineState.ofProcessLimits;
  const limits = new ProcessLimits("process-limits", { containers, generation }, plan.engine);
  const incarnations = pulumi.all([
    ...containers,
    ...(host ? [host.incarnation] : []),
    storage.generation,
  ]);
  const seedView: View = { kind: "container", name: names.seed };
  const lastJoiner = agents.joiners
    .slice(-1)
    .map(({ name }): View => ({ kind: "container", name }));
  const convergence = new Convergence(
    "convergence",
    {
      expected: agents.expected,
      views: [seedView, ...lastJoiner, ...(host ? [host.view] : [])],
      formerHostDir: host ? undefined : names.hostAgentDir,
      ...{ network: names.network, labels, engines: [], profile: settings.profile, incarnations },
      timeout: settings.convergenceTimeout,
    },
    after(plan, seed, joiners, host, limits),
  );
  if (settings.events.length === 0) return { convergence, events: undefined };
  const { members } = convergence;
  const events = new MemberEvents(
    "events",
    { events: settings.events, sender: seedView, members, incarnations },
    after(plan, convergence),
  );
  return { convergence, events };
}
