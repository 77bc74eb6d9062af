/** What a stack has in its engine's Swarm, found by its labels. */
import { type Labels, ownerLabel, projectLabel } from "../cluster/labels.ts";
import { project } from "../cluster/names.ts";
import type { FoundLabels } from "../engine/found.ts";
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
  const [services, secrets, configs] = await Promise.all(
    (["services", "secrets", "configs"] as const).map((kind) => list(kind, labels)),
  );
  const things = (found: readonly Listed[] = []) =>
    found.map(({ ID, Spec }): SwarmThing => ({ id: ID, name: Spec.Name }));
  return { services: things(services), secrets: things(secrets), configs: things(configs) };
}

/** The labels of the leases of all stacks of services; empty if the engine is not a manager. */
export async function listSwarmLeases(): Promise<FoundLabels[]> {
  if (!(await swarmMembership()).ControlAvailable) return [];
  const configs = await list("configs", { [projectLabel]: project });
  return configs
    .map(({ Spec }) => Spec.Labels)
    .filter((labels) => labels[ownerLabel] !== undefined);
}

interface Listed {
  readonly ID: string;
  readonly Spec: { readonly Name: string; readonly Labels: FoundLabels };
}

async function list(
  kind: "services" | "secrets" | "configs",
  labels: Readonly<Record<string, string>>,
): Promise<readonly Listed[]> {
  const filters = query({
    filters: { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) },
  });
  return (await engine({ method: "GET", path: `/${kind}?${filters}` })) as Listed[];
}
