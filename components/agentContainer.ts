import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  agentConfig,
  agentConfigPath,
  gossipPort,
  type AgentIdentity,
  imageEventHandlers,
} from "./agentConfig.ts";
import { labelList, type Labels } from "./labels.ts";

/** What the seed and the joiners take alike. */
export interface ClusterPlace {
  readonly image: pulumi.Input<string>;
  readonly network: pulumi.Input<string>;
  readonly labels: Labels;
}

export interface AgentContainerArgs extends ClusterPlace, AgentIdentity {
  /** Addresses to join. */
  readonly join: pulumi.Input<readonly string[]>;
  /** The gossip port's place on the host; default: not published. */
  readonly publish?: { readonly address: string; readonly port: number };
}

/** Serf gives itself 3 s to leave; the rest is for a busy host. In seconds. */
const stopGrace = 10;

/** Declares a container that runs an agent. */
export function agentContainer(
  resourceName: string,
  args: AgentContainerArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const config = pulumi
    .output(args.join)
    .apply((join) => agentConfig(args, join, { eventHandlers: imageEventHandlers }));
  return new docker.Container(
    resourceName,
    {
      name: args.name,
      image: args.image,
      // Left out, it is read back as the network's name and replaces the container.
      networkMode: "bridge",
      networksAdvanced: [{ name: args.network, ipv4Address: args.address }],
      // The engine would look an owner up among the host's users, so the file is root's, and the
      // agent reads it as a member of root's group.
      uploads: [{ file: agentConfigPath, content: config, permissions: "0440" }],
      ...(args.publish && { ports: publishedPorts(args.publish) }),
      labels: labelList(args.labels),
      restart: "unless-stopped",
      stopTimeout: stopGrace,
      destroyGraceSeconds: stopGrace,
    },
    { ...opts, deleteBeforeReplace: true },
  );
}

function publishedPorts(publish: { readonly address: string; readonly port: number }) {
  return ["tcp", "udp"].map((protocol) => ({
    internal: gossipPort,
    external: publish.port,
    ip: publish.address,
    protocol,
  }));
}
