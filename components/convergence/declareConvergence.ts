import type { View } from "../../lib/membership/views.ts";
import type { Storage } from "../cluster/storage.ts";
import type { HostAgent } from "../members/hostAgent.ts";
import type { HostContainer } from "../members/hostContainer.ts";
import type { Joiners } from "../members/joiners.ts";
import type { Seed } from "../members/seed.ts";
import type { StackPlan } from "../stack/plan.ts";
import { declareGate, type Gate } from "./declareGate.ts";
import { ProcessLimits } from "./processLimits.ts";

/** The members that form the cluster on one engine. */
export interface ConvergingMembers {
  readonly seed: Seed;
  readonly joiners: Joiners;
  /** Undefined if the host does not join. */
  readonly host: HostAgent | HostContainer | undefined;
  /** The volumes with the configurations and keys that the members share. */
  readonly storage: Storage;
}

/** Declares the gate of a stack on one engine, after the limits of its containers. */
export function declareConvergence(
  plan: StackPlan,
  { seed, joiners, host, storage }: ConvergingMembers,
): Gate {
  const { names, agents, engineState } = plan;
  const containers = [seed.containerId, ...joiners.containerIds, ...(host?.containerIds ?? [])];
  const generation = engineState.ofProcessLimits;
  const limits = new ProcessLimits("process-limits", { containers, generation }, plan.engine);
  const inContainer = (name: string): View => ({ kind: "container", name });
  const lastJoiner = agents.joiners.slice(-1).map(({ name }) => inContainer(name));
  return declareGate(plan, {
    views: [inContainer(names.seed), ...lastJoiner, ...(host ? [host.view] : [])],
    ...{ engines: [], isHostFormer: host === undefined, storages: [storage] },
    incarnations: [...containers, ...(host ? [host.incarnation] : [])],
    needed: [seed, joiners, host, limits],
  });
}
