import * as pulumi from "@pulumi/pulumi";
import { EngineError } from "../programs/engineApi.ts";
import { readInventory } from "../programs/inventory.ts";
import { findObstacles } from "../programs/obstacles.ts";
import type { Labels } from "./labels.ts";
import type { Names } from "./names.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { type Inventory, Standing } from "./standing.ts";

/**
 * Looks at the host before anything is declared: a port or a subnet that is taken is refused
 * here, instead of failing half way.
 *
 * @returns what of the stack stands already.
 * @throws pulumi.RunError with every obstacle.
 */
export async function preflight(
  settings: Settings,
  names: Names,
  labels: Labels,
): Promise<Standing> {
  let inventory: Inventory;
  try {
    inventory = await readInventory(labels);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new pulumi.RunError(`The Docker engine does not answer: ${error.message}`);
  }
  const obstacles = await findObstacles(settings, names, labels, inventory);
  if (obstacles.length > 0) throw new pulumi.RunError(new SettingsError(obstacles).message);
  return new Standing(inventory, new Date().toISOString());
}
