import type { Profile } from "../agents/config.ts";

/** What the program takes from standard input, as JSON. */
export interface HostAgentInput {
  /** Where the agent's files live, relative to the working directory. */
  readonly dir: string;
  readonly name: string;
  /** The address that the containers reach the host at. */
  readonly address: string;
  /** The port that it gossips on. */
  readonly port: number;
  readonly profile: Profile;
  readonly tags: Readonly<Record<string, string>>;
  /** The image that the Serf binary is taken from. */
  readonly image: string;
  /** `host:port` of a member's gossip port, as the host reaches it. */
  readonly join: string;
  /** Whether no other member is there yet. */
  readonly isFirst: boolean;
  /** The port of loopback where the agent answers RPC. */
  readonly rpcPort: number;
  /** Labels for what is made on the engine for a moment. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds in which the agent must have joined. */
  readonly timeout: number;
  /** Recorded with the process; a new one asks for a new start. */
  readonly generation: string;
  readonly gossipKey: string;
  readonly rpcToken: string;
}
