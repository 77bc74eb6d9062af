import * as pulumi from "@pulumi/pulumi";
import type { Look } from "../../lib/drift/engineState.ts";
import { readInventories } from "../../lib/engine/inventories.ts";
import { findEngineObstacles } from "../../lib/swarm/engineObstacles.ts";
import { describeObstacles } from "../../lib/preflight/obstacles.ts";
import { observeMembers, type PreflightArgs } from "./preflight.ts";

/**
 * Inspects all engines of a stack before anything is declared.
 *
 * @throws pulumi.RunError with every obstacle.
 */
export async function enginesPreflight(args: PreflightArgs): Promise<Look> {
  const { settings, names, labels, agents, recorded } = args;
  const inventory = await readInventories(settings.engines, labels);
  const obstacles = await findEngineObstacles(settings, names, labels, {
    ...{ agents, inventory, recorded },
  });
  if (obstacles.length > 0) throw new pulumi.RunError(describeObstacles(obstacles));
  return { inventory, observation: await observeMembers(args, inventory) };
}
