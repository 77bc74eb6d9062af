import type * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../lib/cluster/names.ts";
import type { Agents } from "../../lib/plan/agents.ts";
import type { Settings } from "../../lib/settings/types.ts";
import type { ClusterSecrets } from "../cluster/clusterSecrets.ts";
import type { ClusterPlace } from "./clusterPlace.ts";
import { HostAgent } from "./hostAgent.ts";
import { HostContainer } from "./hostContainer.ts";

/** What the agent of the engine's host is declared from. */
export interface HostAgentPlan extends Omit<ClusterPlace, "network"> {
  readonly agents: Agents;
  readonly settings: Settings;
  readonly names: Names;
  /** `host:port` of the gossip port of the member that a process is to join. */
  readonly join: pulumi.Input<string>;
  readonly secrets: Pick<ClusterSecrets, "gossipKey" | "rpcToken">;
}

/** Declares the agent of the engine's host as the settings want it, a process or a container. */
export function declareHostAgent(
  plan: HostAgentPlan,
  opts: pulumi.ComponentResourceOptions,
): HostAgent | HostContainer | undefined {
  const { agents, settings, names, labels, join, engineState, secrets, change } = plan;
  const { host, hostContainer: container } = agents;
  if (host === undefined) return undefined;
  if (container !== undefined) {
    const formerDir = names.hostAgentDir;
    return new HostContainer("host", { container, labels, engineState, change, formerDir }, opts);
  }
  const { rpcPort, hostAgentPort: port, profile, convergenceTimeout: timeout } = settings;
  const { name, address, tags } = host;
  return new HostAgent(
    "host",
    {
      ...{ name, address, port, tags, rpcPort, profile, labels, change, join, timeout },
      dir: names.hostAgentDir,
      image: agents.seed.image,
      isFirst: agents.isHostFirst,
      gossipKey: secrets.gossipKey,
      rpcToken: secrets.rpcToken,
      generation: engineState.ofHostProcess,
    },
    opts,
  );
}
