import type * as pulumi from "@pulumi/pulumi";
import type { Agents } from "./agents.ts";
import type { ClusterSecrets } from "./clusterSecrets.ts";
import { HostAgent } from "./hostAgent.ts";
import { HostContainer } from "./hostContainer.ts";
import type { Labels } from "./labels.ts";
import type { Names } from "./names.ts";
import type { Rolling } from "./rollout.ts";
import type { Settings } from "./settings.ts";
import type { Standing } from "./standing.ts";

/** What the agent of the engine's host is declared from. */
export interface HostAgentPlan {
  readonly agents: Agents;
  readonly settings: Settings;
  readonly names: Names;
  readonly labels: Labels;
  readonly image: pulumi.Input<string>;
  /** `host:port` of the gossip port of the member that a process is to join. */
  readonly join: pulumi.Input<string>;
  readonly standing: Standing;
  readonly secrets: Pick<ClusterSecrets, "gossipKey" | "rpcToken">;
  /** How members are replaced while the cluster goes on; undefined: all at once. */
  readonly rolling: Rolling | undefined;
}

/** Declares the agent of the engine's host as the settings want it, a process or a container. */
export function declareHostAgent(
  { agents, settings, names, labels, image, join, standing, secrets, rolling }: HostAgentPlan,
  opts: pulumi.ComponentResourceOptions,
): HostAgent | HostContainer {
  const { rpcPort, hostAgentPort: port, subnet, profile } = settings;
  const address = subnet.gateway;
  const common = { name: names.host, address, port, image, rpcPort, profile, labels, rolling };
  if (settings.hostAgentIn === "container") {
    const generation = standing.ofContainer(names.host);
    const { limits } = settings;
    const place = { volumes: names.volumes, limits, formerDir: names.hostAgentDir, generation };
    return new HostContainer("host", { ...common, ...place }, opts);
  }
  const process = {
    dir: names.hostAgentDir,
    join,
    isFirst: agents.isHostFirst,
    tags: agents.host!.tags,
    gossipKey: secrets.gossipKey,
    rpcToken: secrets.rpcToken,
    timeout: settings.convergenceTimeout,
    generation: standing.ofHostProcess,
  };
  return new HostAgent("host", { ...common, ...process }, opts);
}
