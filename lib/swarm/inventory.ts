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
  /** The configurations that the services use: the provider gives them no labels. */
  readonly configs: readonly SwarmThing[];
}

const nothing: SwarmInventory = { services: [], secrets: [], configs: [] };

/** Empty if the engine is not a manager. */
export async function readSwarmInventory(labels: Labels): Promise<SwarmInventory> {
  if (!(await swarmMembership()).ControlAvailable) return nothing;
  const filters = query({
    filters: { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) },
  });
  const [services, secrets] = (await Promise.all(
    ["/services", "/secrets"].map((path) => engine({ method: "GET", path: `${path}?${filters}` })),
  )) as [ApiService[], ApiService[]];
  const configs = services.flatMap(({ Spec }) => Spec.TaskTemplate?.ContainerSpec?.Configs ?? []);
  return {
    services: services.map(thing),
    secrets: secrets.map(thing),
    configs: configs.map(({ ConfigID, ConfigName }) => ({ id: ConfigID, name: ConfigName })),
  };
}

function thing({ ID, Spec }: ApiService): SwarmThing {
  return { id: ID, name: Spec.Name };
}

interface ApiService {
  readonly ID: string;
  readonly Spec: {
    readonly Name: string;
    readonly TaskTemplate?: {
      readonly ContainerSpec?: {
        readonly Configs?:
          readonly { readonly ConfigID: string; readonly ConfigName: string }[] | null;
      };
    };
  };
}
