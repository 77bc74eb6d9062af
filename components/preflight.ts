import * as pulumi from "@pulumi/pulumi";
import { EngineError } from "../programs/engineApi.ts";
import { chosenEngine } from "../programs/engineContext.ts";
import { takeSight } from "../programs/clusterSight.ts";
import { engineFacts } from "../programs/enginePlace.ts";
import { readInventory } from "../programs/inventory.ts";
import { checkNeighbourTable, type TableCheck } from "../programs/neighbourCheck.ts";
import { findObstacles } from "../programs/obstacles.ts";
import type { Labels } from "./labels.ts";
import type { Names } from "./names.ts";
import { declaredContainers } from "./madeContainers.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { blank, describeEdits, type HostSight } from "./sight.ts";
import { type Inventory, Standing } from "./standing.ts";

/**
 * Names the variable with a {@link RecordedStanding}, as JSON. A preview then shows what the configuration
 * changes, and not what has become of things on the engine.
 */
export const recordedVariable = "SERF_RECORDED";

/** What a stack's state says that stands. */
export interface RecordedStanding {
  readonly inventory: Inventory;
  /** Of what the members share. */
  readonly generation: string;
  readonly host: HostSight | undefined;
  /** `host:port` of the seed's gossip port. */
  readonly endpoint: string | undefined;
  /** Of the stack's claim on the kernel's neighbour table. */
  readonly table: string | undefined;
}

function standingOf(recorded: RecordedStanding): Standing {
  const { inventory, generation, host, endpoint, table } = recorded;
  return new Standing(inventory, generation, { ...blank, host, endpoint, table });
}

function engineOf({ dockerHost }: Settings) {
  if (dockerHost !== undefined) return { source: "dockerHost", host: dockerHost };
  return chosenEngine() ?? { source: "The Docker engine's default", host: "the local socket" };
}

/**
 * Looks at the host before anything is declared: a port or a subnet that is taken, or a kernel that
 * cannot hold so many agents, is refused here, instead of failing half way.
 *
 * @returns what of the stack stands already.
 * @throws pulumi.RunError with every obstacle.
 */
export async function preflight(
  settings: Settings,
  names: Names,
  labels: Labels,
): Promise<Standing> {
  const recorded = process.env[recordedVariable];
  if (recorded !== undefined) return standingOf(JSON.parse(recorded) as RecordedStanding);
  let inventory: Inventory;
  let table: TableCheck;
  try {
    await engineFacts();
    [inventory, table] = await Promise.all([
      readInventory(labels),
      checkNeighbourTable(settings, labels),
    ]);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { source, host } = engineOf(settings);
    throw new pulumi.RunError(
      `${source} is ${host}, but no Docker engine answers there: ${error.message}`,
    );
  }
  const obstacles = [
    ...(await findObstacles(settings, names, labels, inventory)),
    ...table.obstacles,
  ];
  if (obstacles.length > 0) throw new pulumi.RunError(new SettingsError(obstacles).message);
  for (const warning of table.warnings) void pulumi.log.warn(warning);
  const sight = await takeSight({
    containers: inventory.containers,
    madeOf: declaredContainers(settings, names),
    host: { name: names.host, dir: names.hostAgentDir, rpcPort: settings.rpcPort },
  });
  const { name: host, faults } = sight.host ?? { name: names.host, faults: [] };
  const spoilt = [...sight.spoilt, ...(faults.length > 0 ? [[host, faults] as const] : [])];
  for (const [name, edits] of spoilt) {
    void pulumi.log.info(`${name} will be made anew: ${describeEdits(edits)}`);
  }
  return new Standing(inventory, new Date().toISOString(), { ...sight, table: table.generation });
}
