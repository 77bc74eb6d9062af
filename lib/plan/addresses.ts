import { addressOfIndex, indexOfAddress, type SubnetPlan } from "../cluster/subnet.ts";

/**
 * Assigns each joiner an address on the cluster's network. Existing joiners keep their addresses; new ones get the
 * lowest free addresses, in order. In a new cluster the first joiner therefore gets the first address, and so on.
 *
 * @param names the names of all joiners in order, no more than the subnet has room for.
 * @param found the addresses of the existing joiners, by name.
 */
export function assignAddresses(
  names: readonly string[],
  subnet: SubnetPlan,
  found: ReadonlyMap<string, string>,
): Map<string, string> {
  const assigned = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of names) {
    const index = indexOfAddress(subnet, found.get(name) ?? "");
    if (index === undefined || taken.has(index)) continue;
    assigned.set(name, index);
    taken.add(index);
  }
  let next = 1;
  for (const name of names) {
    if (assigned.has(name)) continue;
    while (taken.has(next)) next++;
    assigned.set(name, next);
    taken.add(next);
  }
  return new Map(names.map((name) => [name, addressOfIndex(subnet, assigned.get(name)!)]));
}
