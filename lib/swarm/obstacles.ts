/** Finds obstacles to a stack of services on its Swarm, before anything is created. */
import { carries, type Labels } from "../cluster/labels.ts";
import type { Names } from "../cluster/names.ts";
import { engine } from "../engine/api.ts";
import { isEngineHere, engineFacts } from "../engine/findPlace.ts";
import type { Inventory } from "../engine/found.ts";
import { subnetObstacles } from "../preflight/obstacles.ts";
import type { Settings } from "../settings/types.ts";
import { swarmMembership } from "./api.ts";
import { type LabelledNode, placementObstacles } from "./placement.ts";
import type { PlannedService } from "./plan.ts";

/** Lists the obstacles as sentences that name the setting; empty if there are none. */
export async function findSwarmObstacles(
  settings: Settings,
  names: Names,
  labels: Labels,
  services: readonly PlannedService[],
  inventory: Inventory,
): Promise<string[]> {
  const { LocalNodeState: state, ControlAvailable: isManager } = await swarmMembership();
  if (!isManager) {
    return [
      state === "active"
        ? "swarm is services, but the engine is a worker of its Swarm; set dockerHost to one of the managers"
        : `swarm is services, but the engine's Swarm is ${state}; run \`docker swarm init\` there, and the command ` +
          "that it prints on each other host",
    ];
  }
  const place = { isHere: await isEngineHere(), engine: await engineFacts() };
  const wanted = new Set(services.map(({ name }) => name));
  const taken = (await listServices()).filter(
    ({ name, labels: found }) => wanted.has(name) && !carries(found, labels),
  );
  const networks = inventory.networks.filter(
    (found) => found.name === names.network && !carries(found.labels, labels),
  );
  return [
    ...placementObstacles(services, await listNodes()),
    ...taken.map(
      ({ name }) =>
        `the Swarm has a service named ${name} that does not belong to this stack; rename the stack, or remove it ` +
        `with \`docker service rm ${name}\``,
    ),
    ...networks.map(
      ({ name }) =>
        `the engine has a network named ${name} that does not belong to this stack; rename the stack, or remove it ` +
        `with \`docker network rm ${name}\``,
    ),
    ...subnetObstacles(settings, inventory.networks, labels, place),
  ];
}

async function listNodes(): Promise<LabelledNode[]> {
  const found = (await engine({ method: "GET", path: "/nodes" })) as {
    readonly Spec: { readonly Labels?: Readonly<Record<string, string>> | null };
    readonly Description: { readonly Hostname: string };
  }[];
  return found.map(({ Spec, Description }) => ({
    name: Description.Hostname,
    labels: Spec.Labels ?? {},
  }));
}

async function listServices() {
  const found = (await engine({ method: "GET", path: "/services" })) as {
    readonly Spec: {
      readonly Name: string;
      readonly Labels?: Readonly<Record<string, string>> | null;
    };
  }[];
  return found.map(({ Spec }) => ({ name: Spec.Name, labels: Spec.Labels ?? {} }));
}
