import type { Profile } from "../agents/config.ts";

/** The program's standard input, as JSON. */
export interface HostAgentInput {
  /** The folder of the agent's files, relative to the working directory. */
  readonly dir: string;
  readonly name: string;
  /** The address at which containers reach the host. */
  readonly address: string;
  /** The gossip port. */
  readonly port: number;
  readonly profile: Profile;
  readonly tags: Readonly<Record<string, string>>;
  /** The image from which the Serf binary is copied. */
  readonly image: string;
  /** `host:port` of the gossip port of a member, reachable from the host. */
  readonly join: string;
  /** Whether the agent starts before every other member. */
  readonly isFirst: boolean;
  /** The loopback port of the agent's RPC. */
  readonly rpcPort: number;
  /** The labels of temporary objects on the engine. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds until the agent must have joined. */
  readonly timeout: number;
  /** Recorded with the process. A new generation restarts the agent. */
  readonly generation: string;
  readonly gossipKey: string;
  readonly rpcToken: string;
}
