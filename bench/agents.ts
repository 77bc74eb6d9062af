import { agentConfig } from "../components/agentConfig.ts";
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

/** The seed, which comes first, and the joiners. */
export function agents(prefix: string, joiners: number): Agent[] {
  const agent = (name: string, address: string, isSeed: boolean): Agent => ({
    name,
    address,
    isSeed,
    config: agentConfig(
      { name, address },
      { tags: { role: isSeed ? "seed" : "joiner" }, join: [subnet.seed] },
    ),
  });
  return [
    agent(`${prefix}-seed`, subnet.seed, true),
    ...Array.from({ length: joiners }, (_, position) =>
      agent(`${prefix}-joiner-${position + 1}`, addressOfIndex(subnet, position + 1), false),
    ),
  ];
}
