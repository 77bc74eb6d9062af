import * as pulumi from "@pulumi/pulumi";
import { type Labels, specLabel } from "../../lib/cluster/labels.ts";
import type { Names } from "../../lib/cluster/names.ts";
import { describeContainer } from "../../lib/containers/description.ts";
import { type Look, recreationReasons } from "../../lib/drift/engineState.ts";
import { describeEdits, type Observation } from "../../lib/drift/observation.ts";
import { observeCluster } from "../../lib/drift/observe.ts";
import type { RecordedState } from "../../lib/drift/recorded.ts";
import { EngineError } from "../../lib/engine/api.ts";
import { chosenEngine } from "../../lib/engine/context.ts";
import { engineFacts } from "../../lib/engine/findPlace.ts";
import type { FoundContainer, Inventory } from "../../lib/engine/found.ts";
import type { EngineHost } from "../../lib/engine/host.ts";
import { readInventory } from "../../lib/engine/inventory.ts";
import { checkNeighbourTable } from "../../lib/neighbourTable/check.ts";
import { type Agents, containersOf, specOf } from "../../lib/plan/agents.ts";
import { describeObstacles, findObstacles } from "../../lib/preflight/obstacles.ts";
import { offlineVariable } from "../../lib/preflight/offline.ts";
import type { Settings } from "../../lib/settings/types.ts";

/** The desired state, which is compared with what exists. */
export interface PreflightArgs {
  readonly settings: Settings;
  readonly names: Names;
  readonly labels: Labels;
  readonly agents: Agents;
  readonly recorded: RecordedState;
}

/**
 * Whether the engine answers. A preview works without it: the configuration is then compared with the state alone.
 *
 * @param advice a sentence that ends the message if it does not answer. Default: none.
 * @throws pulumi.RunError in an `up` if it does not answer.
 */
export async function reachesEngine(
  configured: EngineHost | undefined,
  advice?: string,
): Promise<boolean> {
  const isPreview = pulumi.runtime.isDryRun();
  if (isPreview && process.env[offlineVariable]) return false;
  try {
    await engineFacts();
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { source, host } =
      configured === undefined
        ? (chosenEngine() ?? { source: "The Docker engine's default", host: "the local socket" })
        : { source: "dockerHost", host: configured.host };
    const reason =
      advice === undefined ? error.message : `${error.message.replace(/\.?$/, ".")} ${advice}`;
    const fault = `${source} is ${host}, but no Docker engine answers there: ${reason}`;
    if (!isPreview) throw new pulumi.RunError(fault);
    await pulumi.log.warn(
      `${fault}\nThe configuration is compared with the state alone; this preview does not show drift on the ` +
        "engine.",
    );
    return false;
  }
}

/**
 * Inspects the engine, the host and the cluster before anything is declared. If a port or the subnet is in use, or
 * the kernel's neighbour table is too small for the agents, the deployment is refused here instead of failing
 * halfway.
 *
 * @throws pulumi.RunError with every obstacle.
 */
export async function preflight(args: PreflightArgs): Promise<Look> {
  const { settings, names, labels, agents, recorded } = args;
  const [inventory, table] = await Promise.all([
    readInventory(labels),
    checkNeighbourTable(settings, labels),
  ]);
  const wanted = containersOf(agents);
  const images = [...wanted.values()].map(({ image }) => image);
  const obstacles = [
    ...(await findObstacles(settings, names, labels, inventory, recorded, images)),
    ...table.obstacles,
  ];
  if (obstacles.length > 0) throw new pulumi.RunError(describeObstacles(obstacles));
  for (const warning of table.warnings) void pulumi.log.warn(warning);
  const observation = await observeMembers(args, inventory);
  return { inventory, observation: { ...observation, table: table.generation } };
}

/** Compares what runs with what is declared, and says what will be recreated. */
export async function observeMembers(
  { settings, names, agents }: PreflightArgs,
  inventory: Inventory,
): Promise<Observation> {
  const wanted = containersOf(agents);
  const observation = await observeCluster({
    containers: inventory.containers,
    // A container with another spec is replaced anyway.
    expectedFor: ({ name, labels }: FoundContainer) => {
      const container = wanted.get(name);
      const isAsWanted = container && specOf(container) === labels[specLabel];
      return isAsWanted ? describeContainer(container) : undefined;
    },
    host: { name: names.host, dir: names.hostAgentDir, rpcPort: settings.rpcPort },
  });
  const { name: host, faults } = observation.host ?? { name: names.host, faults: [] };
  const drifted = [...observation.drifted, ...(faults.length > 0 ? [[host, faults] as const] : [])];
  for (const [name, edits] of drifted) {
    const reasons = recreationReasons(edits);
    const what = reasons.length === 0 ? "gets its process limit back" : "will be recreated";
    void pulumi.log.info(
      `${name} ${what}: ${describeEdits(reasons.length === 0 ? edits : reasons)}`,
    );
  }
  return observation;
}
