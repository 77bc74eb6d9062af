/** Decides which members run on which engine. */
import { type Engine, enginesFor } from "../settings/members/engines.ts";
import type { JoinerGroup } from "../settings/members/groups.ts";

/**
 * Spreads each group over the engines that it may use. A joiner stays where it is as long as that engine may run it,
 * also when another engine comes: moving it would replace it.
 *
 * @param groups the groups, each with the names of its joiners in order.
 * @param recorded the engines of the existing joiners, by name.
 * @returns the engines' names by joiner. A group that no engine may run is left out.
 */
export function spread(
  groups: readonly (Pick<JoinerGroup, "on"> & { readonly joiners: readonly string[] })[],
  engines: readonly Engine[],
  recorded: ReadonlyMap<string, string>,
): Map<string, string> {
  const placed = new Map<string, string>();
  const stays = (name: string, allowed: readonly Engine[]) =>
    allowed.find((engine) => engine.name === recorded.get(name));
  for (const group of groups) {
    const allowed = enginesFor(group, engines);
    for (const name of group.joiners) {
      const engine = stays(name, allowed);
      if (engine !== undefined) placed.set(name, engine.name);
    }
  }
  for (const group of groups) {
    const allowed = enginesFor(group, engines);
    if (allowed.length === 0) continue;
    for (const name of group.joiners.filter((one) => !placed.has(one))) {
      const load = (engine: Engine) => [
        count(group.joiners, engine),
        count([...placed.keys()], engine),
      ];
      const [first, ...others] = allowed as readonly [Engine, ...Engine[]];
      const emptiest = others.reduce((best, engine) => {
        const [[ours = 0, all = 0], [bestOurs = 0, bestAll = 0]] = [load(engine), load(best)];
        return ours < bestOurs || (ours === bestOurs && all < bestAll) ? engine : best;
      }, first);
      placed.set(name, emptiest.name);
    }
  }
  return placed;

  function count(names: readonly string[], engine: Engine): number {
    return names.filter((name) => placed.get(name) === engine.name).length;
  }
}
