import type * as pulumi from "@pulumi/pulumi";
import type { ClusterSecrets } from "../cluster/clusterSecrets.ts";
import type { StackPlan } from "../stack/plan.ts";
import { HostAgent } from "./hostAgent.ts";
import { HostContainer } from "./hostContainer.ts";

/**
 * Declares the agent of the engine's host, as a process or a container, as the settings say.
 *
 * @param join `host:port` of the gossip port of the member that a process joins.
 */
export function declareHostAgent(
  plan: StackPlan,
  join: pulumi.Input<string>,
  secrets: Pick<ClusterSecrets, "gossipKey" | "rpcToken">,
  opts: pulumi.ComponentResourceOptions,
): HostAgent | HostContainer | undefined {
  const { agents, settings, names, labels, engineState, change } = plan;
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
