/** What a stack has in its engine's Swarm, found by its labels. */
import type { Labels } from "../cluster/labels.ts";
import { engine, query } from "../engine/api.ts";
import { swarmMembership } from "./api.ts";

interface SwarmThing {
  readonly id: string;
  readonly name: string;
}

export interface SwarmInventory {
  readonly services: readonly SwarmThing[];
  readonly secrets: readonly SwarmThing[];
  readonly configs: readonly SwarmThing[];
}

const nothing: SwarmInventory = { services: [], secrets: [], configs: [] };

/** Empty if the engine is not a manager. */
export async function readSwarmInventory(labels: Labels): Promise<SwarmInventory> {
  if (!(await swarmMembership()).ControlAvailable) return nothing;
  const filters = query({
    filters: { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) },
  });
  const [services, secrets, configs] = (await Promise.all(
    ["/services", "/secrets", "/configs"].map((path) =>
      engine({ method: "GET", path: `${path}?${filters}` }),
    ),
  )) as readonly { readonly ID: string; readonly Spec: { readonly Name: string } }[][];
  const things = (found: typeof services = []) =>
    found.map(({ ID, Spec }): SwarmThing => ({ id: ID, name: Spec.Name }));
  return { services: things(services), secrets: things(secrets), configs: things(configs) };
}
