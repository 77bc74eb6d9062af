import * as pulumi from "@pulumi/pulumi";
import type { StandIns } from "../../lib/cluster/image.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { Names } from "../../lib/cluster/names.ts";
import type { Look } from "../../lib/drift/engineState.ts";
import type { RecordedState } from "../../lib/drift/recorded.ts";
import { readInventory } from "../../lib/engine/inventory.ts";
import { describeObstacles } from "../../lib/preflight/obstacles.ts";
import type { Settings } from "../../lib/settings/types.ts";
import { isFormed } from "../../lib/swarm/formation.ts";
import { findSwarmObstacles } from "../../lib/swarm/obstacles.ts";
import { planServices } from "../../lib/swarm/plan.ts";

export interface SwarmPreflightArgs {
  readonly settings: Settings;
  readonly names: Names;
  readonly labels: Labels;
  readonly standIns: StandIns;
  readonly recorded: RecordedState;
}

/**
 * Inspects the manager and its Swarm before anything is declared.
 *
 * @throws pulumi.RunError with every obstacle.
 */
export async function swarmPreflight(args: SwarmPreflightArgs): Promise<Look> {
  const { settings, names, labels, standIns, recorded } = args;
  const { formation } = recorded;
  const [inventory, hasFormed] = await Promise.all([
    readInventory(labels),
    formation && isFormed(formation),
  ]);
  const services = planServices(settings, names.prefix, standIns);
  const obstacles = await findSwarmObstacles(settings, names, labels, services, inventory);
  if (obstacles.length > 0) throw new pulumi.RunError(describeObstacles(obstacles));
  return { inventory, ...(hasFormed !== undefined && { hasFormed }) };
}
