import { addressOfIndex, indexOfAddress, type SubnetPlan } from "../cluster/subnet.ts";

/**
 * Gives each joiner an address on the cluster's network. Who has one keeps it, whatever becomes of the
 * others; the rest take the lowest that are free, in order. Of a cluster that is not there yet, the
 * first joiner so has the first address, and so on.
 *
 * @param names of all joiners, no more than the subnet holds, in order.
 * @param found addresses by the names of the joiners that are there.
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
