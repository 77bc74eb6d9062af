import { isDeepStrictEqual } from "node:util";

/** The port that every agent gossips on, except the host's where another one is set for it. */
export const gossipPort = 7946;

/** The port on loopback where an agent in a container answers RPC. */
const rpcPort = 7373;

/** Where a container finds the configurations of all groups; the image's program reads that of its own. */
export const configFolder = "/etc/serf/config";

/** Where a container finds what agents keep; each has a folder with its name there. */
export const dataFolder = "/var/lib/serf";

/** The agents' user in the image, and their group. */
export const agentUser = 7946;

/** The token that the RPC of all agents in containers asks for. */
export const tokenPath = `${configFolder}/rpc-token`;

/** The keys of the gossip, as the agents in containers find them when they start. */
export const keyringPath = `${configFolder}/keyring`;

/** Where the image's program copies the keys to, for the agent to change them there. */
export const ownKeyringPath = "/run/serf/keyring";

/** What distinguishes one agent from another. */
export interface AgentIdentity {
  readonly name: string;
  /** The address that the other members reach it at. */
  readonly address: string;
}

/** What an agent takes over while it runs, when it is told to read its configuration again. */
export interface AgentConduct {
  readonly tags: Readonly<Record<string, string>>;
  /** Scripts by event, as Serf writes them. Default: none. */
  readonly eventHandlers?: readonly string[];
  /** Addresses to join when it starts, `host` or `host:port`, one of which must be there. */
  readonly join: readonly string[];
}

/** How agents that do not run in containers with a network of their own differ. */
export interface AgentPlace {
  /** The port on loopback where RPC listens. Default: {@link rpcPort}. */
  readonly rpcPort?: number | undefined;
  /** A file with the keys of the gossip, which the agent changes. Default: {@link ownKeyringPath}. */
  readonly keyringPath?: string;
}

/** The file in {@link configFolder} that a group's agents read; the seed and the host are groups of one. */
export function configFile(group: string): string {
  return `${group}.json`;
}

/**
 * The configuration file of agents that differ in their identities alone, as Serf reads it. Serf refuses to
 * start on a key that it does not know.
 *
 * @param rpcToken what RPC asks for.
 */
export function groupConfig(
  conduct: AgentConduct,
  rpcToken: string,
  place: AgentPlace = {},
): string {
  return JSON.stringify({
    ...fixedConfig(place),
    rpc_auth: rpcToken,
    tags: conduct.tags,
    event_handlers: conduct.eventHandlers ?? [],
    // Unlike start_join, retry_join does not end the agent while the seed is away.
    retry_join: conduct.join,
  });
}

/**
 * How often agents probe and gossip, and how long they wait for each other, in Serf's own words. All members
 * of a cluster should have the same. Source: https://github.com/hashicorp/serf/blob/master/docs/agent/options.html.markdown
 */
export type Profile = (typeof profiles)[number];

export const profiles = ["lan", "wan", "local"] as const;

/** What stands on an agent's command line, beside its group's configuration. */
export interface AgentStart extends AgentIdentity {
  /** The port it gossips on. Default: {@link gossipPort}. */
  readonly port?: number;
  /** Default: lan, which is Serf's. */
  readonly profile?: Profile;
}

/** What an agent is told on its command line: who it is, and what all agents of a stack have alike. */
export function startArguments(start: AgentStart): string[] {
  return [
    `-node=${start.name}`,
    `-bind=${gossipEndpoint(start)}`,
    ...profileArguments(start.profile),
  ];
}

/**
 * `host:port` where an agent gossips. Whom Serf is to join without a port it takes to be at its own.
 *
 * @param port default: {@link gossipPort}.
 */
export function gossipEndpoint({ address, port = gossipPort }: GossipPlace): string {
  return `${address}:${port}`;
}

type GossipPlace = Pick<AgentStart, "address" | "port">;

/** @param profile default: lan, of which Serf need not be told. */
export function profileArguments(profile: Profile = "lan"): string[] {
  return profile === "lan" ? [] : [`-profile=${profile}`];
}

/** Whether an agent that runs with one configuration can take over the other without a new start. */
export function differInConductOnly(one: string, other: string): boolean {
  const fixed = (config: string) => {
    const values = Object.entries(JSON.parse(config) as Record<string, unknown>);
    return Object.fromEntries(values.filter(([key]) => !conductKeys.includes(key)));
  };
  return isDeepStrictEqual(fixed(one), fixed(other));
}

/** The keys of a configuration that hold an {@link AgentConduct}. */
const conductKeys = ["tags", "event_handlers", "retry_join"];

/** The part of a configuration that takes a new start of the agent to be changed. */
export function fixedConfig(place: AgentPlace = {}): object {
  return {
    rpc_addr: `127.0.0.1:${place.rpcPort ?? rpcPort}`,
    retry_interval: "1s",
    // `docker stop` sends SIGTERM, on which Serf would otherwise die without leaving.
    leave_on_terminate: true,
    // With its snapshot a restarted agent finds the others by itself, also after it left.
    rejoin_after_leave: true,
    keyring_file: place.keyringPath ?? ownKeyringPath,
  };
}
