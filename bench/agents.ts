import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import {
  agentConfig,
  type AgentIdentity,
  keyringPath,
  tokenPath,
} from "../components/agentConfig.ts";
import { keyringFile } from "../components/gossipKey.ts";
import { addressOfIndex } from "../components/subnet.ts";
import { subnet } from "./place.ts";

/** An agent as the contenders with fixed addresses make it. */
export interface Agent {
  /** The container's and the member's name. */
  readonly name: string;
  readonly address: string;
  readonly isSeed: boolean;
  /** The content of its configuration file, the same as ours. */
  readonly config: string;
}

/** What all contenders but the article bound their containers by: what ours does by default. */
export const limits = { memory: 128, cpus: 1 };

/** What all contenders but the article keep their gossip and their RPC secret with, as ours does. */
const secrets = {
  gossipKey: randomBytes(32).toString("base64"),
  rpcToken: randomBytes(32).toString("base64"),
};

/** The files that the agents' containers find in their folder with configurations. */
export function configFiles(configs: Readonly<Record<string, string>>): [string, string][] {
  return [
    ...Object.entries(configs).map(([name, config]): [string, string] => [`${name}.json`, config]),
    [basename(keyringPath), keyringFile([secrets.gossipKey])],
    [basename(tokenPath), secrets.rpcToken],
  ];
}

/** The configuration of an agent, the same as ours. */
export function configOf(identity: AgentIdentity, role: string): string {
  const conduct = { tags: { role }, join: [subnet.seed] };
  return agentConfig(identity, conduct, secrets.rpcToken);
}

/** The seed, which comes first, and the joiners. */
export function agents(prefix: string, joiners: number): Agent[] {
  const agent = (name: string, address: string, isSeed: boolean): Agent => ({
    name,
    address,
    isSeed,
    config: configOf({ name, address }, isSeed ? "seed" : "joiner"),
  });
  return [
    agent(`${prefix}-seed`, subnet.seed, true),
    ...Array.from({ length: joiners }, (_, position) =>
      agent(`${prefix}-joiner-${position + 1}`, addressOfIndex(subnet, position + 1), false),
    ),
  ];
}
