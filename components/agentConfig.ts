/** The port that every agent gossips on inside the cluster's network. */
export const gossipPort = 7946;

/** The port on loopback where an agent in a container answers RPC. */
export const rpcPort = 7373;

/** Where the image expects the agent's configuration. */
export const agentConfigPath = "/etc/serf/agent.json";

/** What distinguishes one agent from another. */
export interface AgentIdentity {
  readonly name: string;
  /** The address that the other members reach it at. */
  readonly address: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** How an agent that does not run in one of our containers differs. */
export interface AgentPlace {
  /** Where RPC listens; default: loopback in the container, port {@link rpcPort}. */
  readonly rpcAddress?: string;
  /** Default: a file in the agent's home in the image. */
  readonly snapshotPath?: string;
  /** Scripts by event; default: none. */
  readonly eventHandlers?: readonly string[];
}

/** The handlers in the image, by the event or query that they answer. */
export const imageEventHandlers: readonly string[] = ["query:load=/etc/serf/handlers/load"];

/**
 * The configuration file of an agent, as Serf reads it. Serf refuses to start on a key that it
 * does not know.
 *
 * @param join addresses to join, `host` or `host:port`, one of which must be there.
 */
export function agentConfig(
  identity: AgentIdentity,
  join: readonly string[],
  place: AgentPlace = {},
): string {
  return JSON.stringify({
    node_name: identity.name,
    bind: `${identity.address}:${gossipPort}`,
    tags: identity.tags,
    rpc_addr: place.rpcAddress ?? `127.0.0.1:${rpcPort}`,
    // Unlike start_join, retry_join does not end the agent while the seed is away.
    retry_join: join,
    retry_interval: "1s",
    // `docker stop` sends SIGTERM, on which Serf would otherwise die without leaving.
    leave_on_terminate: true,
    // With the snapshot a restarted agent finds the others by itself, also after it left.
    snapshot_path: place.snapshotPath ?? "/var/lib/serf/snapshot",
    rejoin_after_leave: true,
    event_handlers: place.eventHandlers ?? [],
  });
}
