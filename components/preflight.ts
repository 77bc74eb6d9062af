import * as pulumi from "@pulumi/pulumi";
import { findObstacles } from "../programs/obstacles.ts";
import type { Labels } from "./labels.ts";
import type { Names } from "./names.ts";
import { type Settings, SettingsError } from "./settings.ts";

/**
 * Looks at the host before anything is declared: a port or a subnet that is taken is refused
 * here, instead of failing half way.
 *
 * @throws pulumi.RunError with every obstacle.
 */
export async function preflight(settings: Settings, names: Names, labels: Labels): Promise<void> {
  const obstacles = await findObstacles(settings, names, labels);
  if (obstacles.length > 0) throw new pulumi.RunError(new SettingsError(obstacles).message);
}
