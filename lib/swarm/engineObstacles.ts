/** Finds obstacles to a stack on several engines, before anything is created. */
import { carries, type Labels } from "../cluster/labels.ts";
import { type Names, volumesOn } from "../cluster/names.ts";
import type { RecordedState } from "../drift/recorded.ts";
import { engine } from "../engine/api.ts";
import { engineFacts, isEngineHere } from "../engine/findPlace.ts";
import type { Inventory } from "../engine/found.ts";
import { onEach } from "../engine/scope.ts";
import { type Agents, containersOf } from "../plan/agents.ts";
import type { Settings } from "../settings/types.ts";
import { type SwarmMembership, swarmMembership } from "./api.ts";
import { subnetObstacles } from "../preflight/obstacles.ts";

/** What is wanted, recorded and found. */
interface Looked {
  readonly agents: Agents;
  readonly inventory: Inventory;
  readonly recorded: RecordedState;
}

/** Lists the obstacles as sentences that name the setting; empty if there are none. */
export async function findEngineObstacles(
  settings: Settings,
  names: Names,
  labels: Labels,
  { agents, inventory, recorded }: Looked,
): Promise<string[]> {
  const { engines } = settings;
  const places = await onEach(engines, swarmMembership);
  const isManager = places[0]!.ControlAvailable;
  const faults = swarmFaults(settings, places, isManager ? await nodes() : []);
  if (faults.length > 0) return faults;
  const place = { isHere: await isEngineHere(), engine: await engineFacts() };
  const containers = new Set(containersOf(agents).keys());
  const volumes = engines.flatMap(({ name }) => {
    const { config, data } = volumesOn(names.volumes, name);
    return [config, data];
  });
  const taken = (kind: string, wanted: Iterable<string>, found: readonly string[]) =>
    [...wanted]
      .filter((name) => found.includes(name))
      .map(
        (name) =>
          `one of the engines has a ${kind} named ${name} that does not belong to this stack; rename the stack, or ` +
          `remove it with \`docker ${kind} rm ${name}\``,
      );
  const networks = inventory.networks.filter(
    (found) => found.name === names.network && !carries(found.labels, labels),
  );
  const lost = inventory.containers.filter(
    ({ name }) => containers.has(name) && !recorded.containers.has(name),
  );
  return [
    ...taken("container", containers, inventory.foreign.containers),
    ...taken("volume", [...volumes, names.lease], inventory.foreign.volumes),
    ...taken(
      "network",
      [names.network],
      networks.map(({ name }) => name),
    ),
    ...lost.map(
      ({ name, engine: found }) =>
        `the engine ${found!.name} has the container ${name}, which is not in the state; remove it with ` +
        `\`docker rm --force ${name}\``,
    ),
    ...subnetObstacles(settings, inventory.networks, labels, place),
  ];
}

/** The IDs of the Swarm's nodes. */
async function nodes(): Promise<string[]> {
  const found = (await engine({ method: "GET", path: "/nodes" })) as { readonly ID: string }[];
  return found.map(({ ID }) => ID);
}

/** @param nodes the nodes of the first engine's Swarm. */
export function swarmFaults(
  { engines }: Pick<Settings, "engines">,
  places: readonly SwarmMembership[],
  nodes: readonly string[],
): string[] {
  const [manager, ...others] = engines;
  if (!places[0]!.ControlAvailable) {
    return [
      `the engine ${manager!.name}, the first of engines, is no manager of a Swarm; run \`docker swarm init\` there, ` +
        "and the command that it prints on each other host, or name a manager first",
    ];
  }
  return others
    .filter((_, index) => !nodes.includes(places[index + 1]!.NodeID ?? ""))
    .map(
      ({ name }) =>
        `the engine ${name} is not in the Swarm of ${manager!.name}; run on its host the command that ` +
        `\`docker swarm join-token worker\` prints on that of ${manager!.name}`,
    );
}
