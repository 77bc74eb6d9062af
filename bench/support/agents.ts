import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import {
  type AgentStart,
  configFile,
  groupConfig,
  keyringPath,
  type Profile,
  tokenPath,
} from "../../lib/agents/config.ts";
import { type ContainerDescription, describeContainer } from "../../lib/containers/description.ts";
import { keyringFile } from "../../lib/agents/keyring.ts";
import { addressOfIndex } from "../../lib/cluster/subnet.ts";
import { keptImage, subnet } from "./place.ts";

/** An agent as the contenders with fixed addresses make it. */
export interface Agent {
  /** The container's and the member's name. */
  readonly name: string;
  readonly address: string;
  readonly isSeed: boolean;
  readonly container: ContainerDescription;
}

/** What all contenders but the article bound their containers by: what ours does by default. */
const limits = { memory: 128, cpus: 1 };

/** What all contenders but the article keep their gossip and their RPC secret with, as ours does. */
const secrets = {
  gossipKey: randomBytes(32).toString("base64"),
  rpcToken: randomBytes(32).toString("base64"),
};

/** The files that the agents' containers find in their folder with configurations, the same as ours. */
export function configFiles(): [name: string, content: string][] {
  const config = (group: string) =>
    groupConfig({ tags: { role: group }, join: [subnet.seed] }, secrets.rpcToken);
  return [
    ...["seed", "joiner"].map((group): [string, string] => [configFile(group), config(group)]),
    [basename(keyringPath), keyringFile([secrets.gossipKey])],
    [basename(tokenPath), secrets.rpcToken],
  ];
}

/** What an agent's container is made of, the same as ours, but for its network and its volumes. */
export function describeAgent(
  agent: AgentStart & { readonly group: string },
): ContainerDescription {
  const elsewhere = { network: "none", volumes: { config: "", data: "" } };
  return describeContainer({ ...agent, ...elsewhere, image: keptImage, limits });
}

/** The seed, which comes first, and the joiners. */
export function agents(prefix: string, joiners: number, profile: Profile): Agent[] {
  const agent = (name: string, address: string, isSeed: boolean): Agent => ({
    name,
    address,
    isSeed,
    container: describeAgent({ name, address, group: isSeed ? "seed" : "joiner", profile }),
  });
  return [
    agent(`${prefix}-seed`, subnet.seed, true),
    ...Array.from({ length: joiners }, (_, position) =>
      agent(`${prefix}-joiner-${position + 1}`, addressOfIndex(subnet, position + 1), false),
    ),
  ];
}
