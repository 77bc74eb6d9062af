import { engine, EngineError } from "../engine/api.ts";
import { chosenEngine } from "../engine/context.ts";
import type { FoundContainer } from "../engine/found.ts";
import { currentEnvironment, onEngine } from "../engine/scope.ts";
import { forEachParallel } from "../host/parallel.ts";
import { docker } from "../host/run.ts";
import type { ComparedDescription } from "./args.ts";
import { type Edit, editsOf, type InspectedContainer, optionalLimits } from "./facts.ts";

/** How many containers are inspected at once. */
const atOnce = 16;

/**
 * Finds the containers that differ from their description, with the differences.
 *
 * @param expectedFor returns the description of a container; containers for which it is undefined are skipped.
 */
export async function editedContainers(
  containers: readonly FoundContainer[],
  expectedFor: (found: FoundContainer) => ComparedDescription | undefined,
): Promise<Map<string, Edit[]>> {
  const byEngine = Map.groupBy(containers, ({ engine }) => engine?.name);
  const parts = await Promise.all(
    [...byEngine.values()].map((some) =>
      onEngine(some[0]!.engine, () => editedHere(some, expectedFor)),
    ),
  );
  return new Map(parts.flatMap((part) => [...part]));
}

async function editedHere(
  containers: readonly FoundContainer[],
  expectedFor: (found: FoundContainer) => ComparedDescription | undefined,
): Promise<Map<string, Edit[]>> {
  const known = containers.flatMap((found) => {
    const made = expectedFor(found);
    return made === undefined ? [] : [{ id: found.id, name: found.name, made }];
  });
  const inspected = await inspect(known.map(({ id }) => id));
  const edited = new Map<string, Edit[]>();
  for (const { id, name, made } of known) {
    const found = inspected.get(id);
    const edits = found === undefined ? [] : editsOf(made, found);
    if (edits.length > 0) edited.set(name, edits);
  }
  return edited.size === 0 ? edited : withoutDropped(edited);
}

/** The inspected containers by ID. A container that is just being removed is left out. */
async function inspect(ids: readonly string[]): Promise<Map<string, InspectedContainer>> {
  const found = new Map<string, InspectedContainer>();
  if (ids.length === 0) return found;
  // Over SSH each request would need a connection of its own; the docker client sends all of them over one.
  if (chosenEngine()?.host.startsWith("ssh:")) {
    const text = await docker(["inspect", ...ids], 60_000, currentEnvironment()).catch(() => "[]");
    const all = JSON.parse(text) as (InspectedContainer & { readonly Id: string })[];
    return new Map(all.map((one) => [one.Id, one]));
  }
  await forEachParallel(ids, atOnce, async (id) => {
    try {
      const answer = await engine({ method: "GET", path: `/containers/${id}/json` });
      found.set(id, answer as InspectedContainer);
    } catch (error) {
      if (!(error instanceof EngineError && error.status === 404)) throw error;
    }
  });
  return found;
}

/** Removes the limits that this engine does not support. */
async function withoutDropped(edited: Map<string, Edit[]>): Promise<Map<string, Edit[]>> {
  const info = (await engine({ method: "GET", path: "/info" })) as Readonly<
    Record<string, unknown>
  >;
  const dropped = Object.entries(optionalLimits).flatMap(([key, limits]) =>
    info[key] === false ? limits : [],
  ) as readonly string[];
  const kept = [...edited].map(
    ([name, edits]) => [name, edits.filter(({ what }) => !dropped.includes(what))] as const,
  );
  return new Map(kept.filter(([, edits]) => edits.length > 0));
}
