import type { Fleet } from "../programs/configurations.ts";
import { type AgentConduct, gossipPort } from "./agentConfig.ts";
import { type JoinerGroup, groupTags } from "./groups.ts";
import { eventHandlers } from "./handlers.ts";
import type { DeclaredJoiner } from "./joinerPlan.ts";
import type { ExpectedMember } from "./members.ts";
import type { Names } from "./names.ts";
import type { Settings } from "./settings.ts";

/** Every agent of a stack, and how it is to behave. */
export interface Agents {
  readonly seed: Fleet;
  /** By group. */
  readonly joiners: readonly Fleet[];
  /** The host's; undefined where the host does not join. */
  readonly host: ExpectedMember | undefined;
  /** The host's, where it runs in a container; else none. */
  readonly hostContainer: readonly Fleet[];
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
  const gateway = `${subnet.gateway}:${gossipPort}`;
  const joinAddress = { ip: subnet.seed, dns: names.seed, gateway }[settings.join];
  const conduct = (conductTags: AgentConduct["tags"], join: string): AgentConduct => ({
    tags: conductTags,
    eventHandlers: eventHandlers(settings.handlers),
    join: [join],
  });
  const groups = settings.groups.filter(({ count }) => count > 0);
  const host = settings.hostAgent
    ? { name: names.host, address: subnet.gateway, tags: { ...tags, role: "host" } }
    : undefined;
  // As any process of the host would, but a port that Docker chooses is not known in time.
  const published =
    settings.gossipPort === 0 ? subnet.seed : `${settings.publishAddress}:${settings.gossipPort}`;
  return {
    seed: {
      // To nobody but itself, where the others join it: with a join an agent announces that it is
      // here, and only that makes those see it alive who have heard that it left.
      ...conduct({ ...tags, role: "seed" }, settings.join === "gateway" ? gateway : subnet.seed),
      agents: [{ name: names.seed, address: subnet.seed }],
    },
    joiners: groups.map((group) => fleetOf(group)),
    host,
    hostContainer:
      host && settings.hostAgentIn === "container"
        ? [
            {
              ...conduct(host.tags, settings.join === "gateway" ? gateway : published),
              agents: [{ name: host.name, address: host.address }],
              place: { rpcPort: settings.rpcPort },
            },
          ]
        : [],
    isHostFirst: settings.join === "gateway",
    gateway,
    published,
  };

  function fleetOf(group: JoinerGroup): Fleet {
    return {
      ...conduct(groupTags(tags, group), joinAddress),
      agents: joiners
        .filter((joiner) => joiner.group === group.name)
        .map(({ name, address }) => ({ name, address })),
    };
  }
}

/** Who must be alive when a stack is up. */
export function expectedMembers({ seed, joiners, host }: Agents): ExpectedMember[] {
  const inContainers = [seed, ...joiners].flatMap(({ agents, tags }) =>
    agents.map(({ name, address }) => ({ name, address, tags })),
  );
  return host ? [...inContainers, host] : inContainers;
}
