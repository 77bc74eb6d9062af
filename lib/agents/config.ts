import { isDeepStrictEqual } from "node:util";

/** The gossip port of every agent, except the host's if its setting differs. */
export const gossipPort = 7946;

/** The loopback port of the RPC of an agent in a container. */
const rpcPort = 7373;

/** The folder with the configurations of all groups in a container; an agent reads its own group's file. */
export const configFolder = "/etc/serf/config";

/** The folder with the agents' data in a container; each agent has a folder of its own in it. */
export const dataFolder = "/var/lib/serf";

/** The user ID and group ID of the agents in the image. */
export const agentUser = 7946;

/** The file with the RPC token of all agents in containers. */
export const tokenPath = `${configFolder}/rpc-token`;

/** The file with the gossip keys that agents in containers copy when they start. */
export const keyringPath = `${configFolder}/keyring`;

/** The agent's own copy of the gossip keys, which it updates when the key rotates. */
export const ownKeyringPath = "/run/serf/keyring";

/** The fields that are unique to an agent. */
export interface AgentIdentity {
  readonly name: string;
  /** The address at which the other members reach it. */
  readonly address: string;
}

/** The settings that a running agent applies when it is told to reload. */
export interface AgentConduct {
  readonly tags: Readonly<Record<string, string>>;
  /** Event handlers in the form of Serf's `event_handlers`. Default: none. */
  readonly eventHandlers?: readonly string[];
  /** The addresses to join at the start, `host` or `host:port`. At least one must answer. */
  readonly join: readonly string[];
}

/** The differences of agents that do not run in containers with a network of their own. */
export interface AgentPlace {
  /** The loopback port of the RPC. Default: {@link rpcPort}. */
  readonly rpcPort?: number | undefined;
  /** The file with the gossip keys, which the agent updates. Default: {@link ownKeyringPath}. */
  readonly keyringPath?: string;
}

/**
 * The file in {@link configFolder} that a group's agents read. The seed and the host's agent each form a group.
 */
export function configFile(group: string): string {
  return `${group}.json`;
}

/**
 * The content of Serf's configuration file for a group of agents. Serf refuses to start if a key is unknown.
 *
 * @param rpcToken the token that RPC clients must send; undefined if another file has it, see {@link rpcConfig}.
 */
export function groupConfig(
  conduct: AgentConduct,
  rpcToken: string | undefined,
  place: AgentPlace = {},
): string {
  return JSON.stringify({
    ...fixedConfig(place),
    rpc_auth: rpcToken,
    tags: conduct.tags,
    event_handlers: conduct.eventHandlers ?? [],
    // With start_join the agent would exit while the seed is down; with retry_join it keeps trying.
    retry_join: conduct.join,
  });
}

/** The content of a separate configuration file with the token that RPC clients must send. */
export function rpcConfig(rpcToken: string): string {
  return JSON.stringify({ rpc_auth: rpcToken });
}

/**
 * Serf's timing profiles: how often agents probe and gossip, and how long they wait for each other. All members of
 * a cluster should have the same one. Source:
 * https://github.com/hashicorp/serf/blob/master/docs/agent/options.html.markdown
 */
export type Profile = (typeof profiles)[number];

export const profiles = ["lan", "wan", "local"] as const;

/** The values on an agent's command line; the rest is in its group's configuration file. */
export interface AgentStart extends AgentIdentity {
  /** The gossip port. Default: {@link gossipPort}. */
  readonly port?: number;
  /** Default: lan, which is also Serf's default. */
  readonly profile?: Profile;
}

/** An agent's command-line arguments: its name and address, and the profile that all agents of a stack share. */
export function startArguments(start: AgentStart): string[] {
  return [
    `-node=${start.name}`,
    `-bind=${gossipEndpoint(start)}`,
    ...profileArguments(start.profile),
  ];
}

/**
 * The `host:port` of an agent's gossip port. If the port is omitted, Serf assumes that the agent to join has the
 * same port as itself.
 *
 * @param port default: {@link gossipPort}.
 */
export function gossipEndpoint({ address, port = gossipPort }: GossipPlace): string {
  return `${address}:${port}`;
}

type GossipPlace = Pick<AgentStart, "address" | "port">;

/** @param profile default: lan, which needs no argument. */
export function profileArguments(profile: Profile = "lan"): string[] {
  return profile === "lan" ? [] : [`-profile=${profile}`];
}

/** Whether a reload is enough to change a running agent from one configuration to the other. */
export function differInConductOnly(one: string, other: string): boolean {
  const fixed = (config: string) => {
    const values = Object.entries(JSON.parse(config) as Record<string, unknown>);
    return Object.fromEntries(values.filter(([key]) => !conductKeys.includes(key)));
  };
  return isDeepStrictEqual(fixed(one), fixed(other));
}

/** The configuration keys that make up an {@link AgentConduct}. */
const conductKeys = ["tags", "event_handlers", "retry_join"];

/** The part of the configuration that only a restart of the agent can change. */
export function fixedConfig(place: AgentPlace = {}): object {
  return {
    rpc_addr: `127.0.0.1:${place.rpcPort ?? rpcPort}`,
    retry_interval: "1s",
    // `docker stop` sends SIGTERM. Without this, Serf would exit without leaving the cluster.
    leave_on_terminate: true,
    // An agent that leaves first announces that it will, and then that it is gone. It ends after 3 s whatever it has
    // sent, and would wait for the first announcement alone for up to 5 s: its queue can lose the message of which it
    // waits to hear that it was sent, when many leave at once (addItem and idGen in memberlist's queue.go). Without
    // the second, the others find out by probing it.
    broadcast_timeout: "2s",
    // A restarted agent finds the other members through its snapshot, even if it left the cluster before.
    rejoin_after_leave: true,
    keyring_file: place.keyringPath ?? ownKeyringPath,
  };
}
