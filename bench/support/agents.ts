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
import { keyringFile } from "../../lib/agents/keyring.ts";
import { addressOfIndex } from "../../lib/cluster/subnet.ts";
import { type ContainerDescription, describeContainer } from "../../lib/containers/description.ts";
import { limitSettings } from "../../lib/settings/parts/limits.ts";
import { keptImage, subnet } from "./place.ts";

/** An agent with a fixed address. */
export interface Agent {
  /** The container's and the member's name. */
  readonly name: string;
  readonly address: string;
  readonly isSeed: boolean;
  readonly container: ContainerDescription;
}

/** The limits of all contenders' containers, except the article's: our defaults. */
const limits = {
  memory: Number(limitSettings.memory.default),
  cpus: Number(limitSettings.cpus.default),
};

/** The secrets of all contenders except the article: like ours, they encrypt gossip and protect RPC. */
const secrets = {
  gossipKey: randomBytes(32).toString("base64"),
  rpcToken: randomBytes(32).toString("base64"),
};

/** The files in the agents' configuration folder, the same as ours. */
export function configFiles(): [name: string, content: string][] {
  const config = (group: string) =>
    groupConfig({ tags: { role: group }, join: [subnet.seed] }, secrets.rpcToken);
  return [
    ...["seed", "joiner"].map((group): [string, string] => [configFile(group), config(group)]),
    [basename(keyringPath), keyringFile([secrets.gossipKey])],
    [basename(tokenPath), secrets.rpcToken],
  ];
}

/** The description of an agent's container, the same as ours except for its network and volumes. */
export function describeAgent(
  agent: AgentStart & { readonly group: string },
): ContainerDescription {
  const elsewhere = { network: "none", volumes: { config: "", data: "" } };
  return describeContainer({ ...agent, ...elsewhere, image: keptImage, limits });
}

/** The seed, followed by the joiners. */
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
