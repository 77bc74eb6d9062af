import { engineHostName, joinerName } from "../cluster/names.ts";
import type { SubnetPlan } from "../cluster/subnet.ts";
import type { Engine } from "../settings/members/engines.ts";
import type { JoinerGroup } from "../settings/members/groups.ts";
import { assignAddresses } from "./addresses.ts";
import { spread } from "./placement.ts";

/** A declared joiner, or the agent of an engine's host in a stack with several engines. */
export interface DeclaredJoiner {
  /** The name of both the container and the member. */
  readonly name: string;
  /** Its unique ID within the stack, for example `web-2`. */
  readonly id: string;
  /** The address on the cluster's network. */
  readonly address: string;
  /** The name of its group. */
  readonly group: string;
  /** The name of its engine; undefined if the stack has only one. */
  readonly engine?: string | undefined;
}

/** What the state says of the members' containers, by name. */
export interface RecordedPlaces {
  readonly addresses: ReadonlyMap<string, string>;
  readonly engines: ReadonlyMap<string, string>;
}

/** The members with an address of their own, beside the seed. */
export interface DeclaredMembers {
  /** Group by group, each group in index order. */
  readonly joiners: readonly DeclaredJoiner[];
  /** The agents of the engines' hosts, in the order of the engines. Empty if the stack has only one engine. */
  readonly hosts: readonly DeclaredJoiner[];
}

/** What {@link declareMembers} needs of the settings. */
export interface DeclaredSettings {
  readonly groups: readonly JoinerGroup[];
  readonly subnet: SubnetPlan;
  readonly engines: readonly Engine[];
  readonly hostAgent: boolean;
}

/** Declares the joiners and the agents of several engines' hosts, with their addresses and engines. */
export function declareMembers(
  { groups, subnet, engines, hostAgent }: DeclaredSettings,
  prefix: string,
  recorded: RecordedPlaces,
): DeclaredMembers {
  const hosts = (hostAgent ? engines : []).map(({ name }) => ({
    ...{ name: engineHostName(prefix, name), id: `host-${name}`, group: "host", engine: name },
  }));
  const joiners = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, position) => ({
      name: joinerName(prefix, group.name, position + 1),
      id: `${group.name}-${position + 1}`,
      group: group.name,
    })),
  );
  const grouped = groups.map(({ name, on }) => ({
    on,
    joiners: joiners.filter(({ group }) => group === name).map((joiner) => joiner.name),
  }));
  const placed = spread(grouped, engines, recorded.engines);
  const names = [...hosts, ...joiners].map(({ name }) => name);
  const addresses = assignAddresses(names, subnet, recorded.addresses);
  const addressed = <T extends { name: string }>(member: T) => ({
    ...member,
    address: addresses.get(member.name)!,
  });
  return {
    hosts: hosts.map(addressed),
    joiners: joiners.map((joiner) => {
      const engine = placed.get(joiner.name);
      return { ...addressed(joiner), ...(engine !== undefined && { engine }) };
    }),
  };
}
