import { type AgentConduct, gossipEndpoint } from "../agents/config.ts";
import type { Fleet } from "../agents/fleet.ts";
import { type ImageChoice, imageChoice, imageRef, type StandIns } from "../cluster/image.ts";
import type { ExpectedMember } from "../cluster/members.ts";
import { type Names, volumesOn } from "../cluster/names.ts";
import { inRegistry, registryOf } from "../cluster/registry.ts";
import {
  type AgentContainer,
  containerSpec,
  describeContainer,
  hostNetwork,
} from "../containers/description.ts";
import { groupTags, type JoinerGroup } from "../settings/members/groups.ts";
import { eventHandlers } from "../settings/handlers/handlers.ts";
import type { Settings } from "../settings/types.ts";
import type { DeclaredJoiner, DeclaredMembers } from "./joiners.ts";

/** A group of agents without its join address. */
export type JoiningFleet = Omit<Fleet, "join">;

/** A member with its container. */
export type PlannedMember = DeclaredJoiner & { readonly container: AgentContainer };

/** All agents of a stack and their configurations. */
export interface Agents {
  /** The configurations of the seed and, if it runs in a container, of the host's agent. */
  readonly fleets: readonly Fleet[];
  /** The configurations of the groups of joiners. */
  readonly joinerFleets: readonly JoiningFleet[];
  readonly seed: AgentContainer;
  readonly joiners: readonly PlannedMember[];
  /** The agents of the hosts of several engines. */
  readonly hosts: readonly PlannedMember[];
  /** The host's agent as a container; undefined if it is a process, or the host does not join. */
  readonly hostContainer: AgentContainer | undefined;
  /** The members that must be alive when the stack is up. */
  readonly expected: readonly ExpectedMember[];
  /** The host's agent as a member; undefined if the host does not join. */
  readonly host: ExpectedMember | undefined;
  /** Whether the other members join the host's agent, which then has to be started first. */
  readonly isHostFirst: boolean;
  /** `host:port` of the host's agent on the cluster's network. */
  readonly gateway: string;
  /** `host:port` at which the host reaches the seed's gossip port. */
  readonly published: string;
}

/** Plans the agents of a stack, except for the address that joiners and a host process join. */
export function planAgents(
  settings: Settings,
  names: Names,
  { joiners, hosts }: DeclaredMembers,
  standIns: StandIns,
): Agents {
  const { subnet, tags, limits, profile } = settings;
  const port = settings.hostAgentPort;
  const gateway = gossipEndpoint({ address: subnet.gateway, port });
  const isHostFirst = settings.join === "gateway";
  const published = `${settings.publishAddress}:${settings.gossipPort}`;
  const fleet = (group: string, tags: AgentConduct["tags"]): JoiningFleet => ({
    group,
    tags,
    eventHandlers: eventHandlers(settings.handlers),
  });
  const seed = { name: names.seed, address: subnet.seed, tags: { ...tags, role: "seed" } };
  const isSpread = settings.engines.length > 0;
  const host =
    settings.hostAgent && !isSpread
      ? { name: names.host, address: subnet.gateway, port, tags: { ...tags, role: "host" } }
      : undefined;
  const groups = settings.groups.filter(({ count }) => count > 0);
  const imageOf = (choice: ImageChoice) => {
    const image = imageRef(names.prefix, imageChoice(choice, standIns));
    return isSpread ? inRegistry(registryOf(settings), image) : image;
  };
  const image = imageOf(settings);
  const common = { network: names.network, volumes: names.volumes, limits, profile };
  const on = (engine: string | undefined) => ({
    ...common,
    volumes: volumesOn(names.volumes, engine),
  });
  const publish = { address: settings.publishAddress, port: settings.gossipPort };
  const hostTags = { ...tags, role: "host" };
  const isHostInContainer = host !== undefined && settings.hostAgentIn === "container";
  const { rpcPort } = settings;
  return {
    fleets: [
      // If the others join the seed, it joins itself: an agent that joins announces itself, and only after that do
      // members that have heard of its departure see it alive.
      { ...fleet("seed", seed.tags), join: [isHostFirst ? gateway : subnet.seed] },
      ...(isHostInContainer
        ? [
            {
              ...fleet("host", host.tags),
              join: [isHostFirst ? gateway : published],
              place: { rpcPort },
            },
          ]
        : []),
      ...(hosts.length > 0 ? [{ ...fleet("host", hostTags), join: [subnet.seed] }] : []),
    ],
    joinerFleets: groups.map((group) => fleet(group.name, groupTags(tags, group))),
    seed: {
      ...{ ...on(settings.engines[0]?.name), name: seed.name, address: seed.address },
      ...{ group: "seed", image, ...(!isSpread && { publish }) },
    },
    hosts: hosts.map((one) => ({
      ...one,
      container: { ...on(one.engine), name: one.name, address: one.address, group: "host", image },
    })),
    joiners: groups.flatMap((group) => {
      const image = imageOf({ ...settings, ...group.image });
      return joiners
        .filter((joiner) => joiner.group === group.name)
        .map((joiner) => {
          const { name, address, engine } = joiner;
          return {
            ...joiner,
            container: { ...on(engine), name, address, group: group.name, image },
          };
        });
    }),
    hostContainer: isHostInContainer
      ? {
          ...{ ...common, network: hostNetwork, rpcPort, image },
          ...{ name: host.name, address: host.address, port, group: "host" },
        }
      : undefined,
    expected: [
      seed,
      ...groups.flatMap((group) => membersOf(group)),
      ...(host === undefined ? [] : [host]),
      ...hosts.map(({ name, address }) => ({ name, address, tags: hostTags })),
    ],
    host,
    isHostFirst,
    gateway,
    published,
  };

  function membersOf(group: JoinerGroup): ExpectedMember[] {
    return joiners
      .filter((joiner) => joiner.group === group.name)
      .map(({ name, address }) => ({ name, address, tags: groupTags(tags, group) }));
  }
}

/** The containers of all agents, by their names. */
export function containersOf({
  seed,
  joiners,
  hosts,
  hostContainer,
}: Agents): Map<string, AgentContainer> {
  const all = [
    seed,
    ...[...joiners, ...hosts].map(({ container }) => container),
    ...(hostContainer ? [hostContainer] : []),
  ];
  return new Map(all.map((container) => [container.name, container]));
}

/** The value of the spec label of an agent's container. */
export function specOf(container: AgentContainer): string {
  return containerSpec(describeContainer(container));
}
