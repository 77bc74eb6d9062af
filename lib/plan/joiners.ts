import { joinerName } from "../cluster/names.ts";
import type { SubnetPlan } from "../cluster/subnet.ts";
import type { JoinerGroup } from "../settings/groups.ts";
import { assignAddresses } from "./addresses.ts";

/** A declared joiner. */
export interface DeclaredJoiner {
  /** The name of both the container and the member. */
  readonly name: string;
  /** Its unique ID within the stack, for example `web-2`. */
  readonly id: string;
  /** The address on the cluster's network. */
  readonly address: string;
  /** The name of its group. */
  readonly group: string;
}

/**
 * The joiners of a stack, group by group, each group in index order.
 *
 * @param recorded the addresses in the state, by container name.
 */
export function declareJoiners(
  groups: readonly JoinerGroup[],
  prefix: string,
  subnet: SubnetPlan,
  recorded: ReadonlyMap<string, string>,
): DeclaredJoiner[] {
  const joiners = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, position) => ({
      name: joinerName(prefix, group.name, position + 1),
      id: `${group.name}-${position + 1}`,
      group: group.name,
    })),
  );
  const names = joiners.map(({ name }) => name);
  const addresses = assignAddresses(names, subnet, recorded);
  return joiners.map((joiner) => ({ ...joiner, address: addresses.get(joiner.name)! }));
}
