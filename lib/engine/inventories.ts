import type { Labels } from "../cluster/labels.ts";
import { pingEngine } from "./api.ts";
import type { Inventory } from "./found.ts";
import { EngineHostError } from "./host.ts";
import { readInventory } from "./inventory.ts";
import { currentEngine, type NamedEngine, onEach } from "./scope.ts";

/**
 * The objects on all engines of a stack; of the networks, those that the first one knows. Errors as of
 * {@link readInventory}.
 *
 * @throws EngineHostError that names the engine that does not answer.
 */
export async function readInventories(
  engines: readonly NamedEngine[],
  labels: Labels,
): Promise<Inventory> {
  const all = await onEach(engines, async () => {
    const place = currentEngine();
    if (place !== undefined) await requireAnswer(place);
    return await readInventory(labels);
  });
  const foreign = all.map((one) => one.foreign);
  return {
    containers: all.flatMap(({ containers }) => containers),
    networks: all[0]!.networks,
    images: all.flatMap(({ images }) => images),
    volumes: all.flatMap(({ volumes }) => volumes),
    foreign: {
      containers: foreign.flatMap(({ containers }) => containers),
      volumes: foreign.flatMap(({ volumes }) => volumes),
      images: foreign.flatMap(({ images }) => images),
    },
  };
}

/** Milliseconds in which one of several engines must answer. */
export const answerTime = 8000;

async function requireAnswer({ name, host }: NamedEngine): Promise<void> {
  await pingEngine(answerTime).catch((error: unknown) => {
    throw new EngineHostError(
      `The engine ${name} is ${host}, but no Docker engine answers there: ${(error as Error).message}`,
    );
  });
}
