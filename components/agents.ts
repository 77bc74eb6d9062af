import type { Fleet } from "../programs/configurations.ts";
import { type AgentConduct, gossipEndpoint } from "./agentConfig.ts";
import { type JoinerGroup, groupTags } from "./groups.ts";
import { eventHandlers } from "./handlers.ts";
import type { DeclaredJoiner } from "./joinerPlan.ts";
import type { ExpectedMember } from "./members.ts";
import type { Names } from "./names.ts";
import type { Settings } from "./settings.ts";

/** Every agent of a stack, and how it is to behave. */
export interface Agents {
  /** Those that run in containers. */
  readonly fleets: readonly Fleet[];
  /** Who must be alive when the stack is up. */
  readonly expected: readonly ExpectedMember[];
  /** The host's; undefined where the host does not join. */
  readonly host: ExpectedMember | undefined;
  /** Whether the others join the host's agent, which then has to be there before them. */
  readonly isHostFirst: boolean;
  /** `host:port` of the host's agent on the cluster's network. */
  readonly gateway: string;
  /** `host:port` where the host reaches the seed's gossip port; its own address, where Docker chooses the port. */
  readonly published: string;
}

/** What every agent of a stack is told apart from the address to join, by the join strategy. */
export function planAgents(
  settings: Settings,
  names: Names,
  joiners: readonly DeclaredJoiner[],
): Agents {
  const { subnet, tags } = settings;
  const port = settings.hostAgentPort;
  const gateway = gossipEndpoint({ address: subnet.gateway, port });
  const isHostFirst = settings.join === "gateway";
  const joinAddress = { ip: subnet.seed, dns: names.seed, gateway }[settings.join];
  // The way of any process of the host; a port that Docker chooses is known only when the seed runs.
  const published =
    settings.gossipPort === 0
      ? gossipEndpoint({ address: subnet.seed })
      : `${settings.publishAddress}:${settings.gossipPort}`;
  const fleet = (group: string, tags: AgentConduct["tags"], join: string): Fleet => ({
    group,
    tags,
    eventHandlers: eventHandlers(settings.handlers),
    join: [join],
  });
  const seed = { name: names.seed, address: subnet.seed, tags: { ...tags, role: "seed" } };
  const host = settings.hostAgent
    ? { name: names.host, address: subnet.gateway, port, tags: { ...tags, role: "host" } }
    : undefined;
  const groups = settings.groups.filter(({ count }) => count > 0);
  return {
    fleets: [
      // To nobody but itself, where the others join it: with a join an agent announces that it is
      // here, and only that makes those see it alive who have heard that it left.
      fleet("seed", seed.tags, isHostFirst ? gateway : subnet.seed),
      ...groups.map((group) => fleet(group.name, groupTags(tags, group), joinAddress)),
      ...(host && settings.hostAgentIn === "container"
        ? [
            {
              ...fleet("host", host.tags, isHostFirst ? gateway : published),
              place: { rpcPort: settings.rpcPort },
            },
          ]
        : []),
    ],
    expected: [
      seed,
      ...groups.flatMap((group) => membersOf(group)),
      ...(host === undefined ? [] : [host]),
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
