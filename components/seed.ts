import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { publishedEndpoint } from "../programs/publishedPort.ts";
import { gossipPort, type Profile } from "./agentConfig.ts";
import type { ContainerLimits, VolumeNames } from "./agentContainer.ts";
import type { ClusterNetwork } from "./clusterNetwork.ts";
import { containerArgs, type ContainerPlan, limitProcesses, specOf } from "./containerArgs.ts";
import type { Labels } from "./labels.ts";
import type { Rolling } from "./rollout.ts";
import { awaitTurn } from "./turn.ts";

/** What the seed and the joiners take alike. */
export interface ClusterPlace {
  readonly network: ClusterNetwork;
  /** Must hold the agents' configurations by the time a container is made. */
  readonly volumes: VolumeNames;
  readonly limits: ContainerLimits;
  readonly profile: Profile;
  readonly labels: Labels;
}

export interface SeedArgs extends ClusterPlace {
  /** The image's name with the tag. */
  readonly image: pulumi.Input<string>;
  /** The container's and the member's name. */
  readonly memberName: string;
  /** The seed's address, which survives its replacement. */
  readonly address: string;
  /** Where the host reaches the gossip port; port 0 lets Docker choose one. */
  readonly publish: { readonly address: string; readonly port: number };
  /** A new one asks for a new container; see `standing.ts`. */
  readonly generation: string;
  /** `host:port` that Docker has chosen. Default: it is looked up. */
  readonly endpoint?: string | undefined;
  /** How members are replaced while the cluster goes on. Default: all at once. */
  readonly rolling?: Rolling | undefined;
}

function planSeed(args: SeedArgs): ContainerPlan {
  return {
    name: args.memberName,
    address: args.address,
    image: args.image,
    network: args.network.identity.name,
    volumes: args.volumes,
    limits: args.limits,
    profile: args.profile,
    publish: args.publish,
    labels: args.labels,
    role: "seed",
    group: "seed",
    generation: args.generation,
  };
}

/** The member that the others join. */
export class Seed extends pulumi.ComponentResource {
  /** The container's and the member's name. */
  readonly memberName: pulumi.Output<string>;
  /**
   * The address on the cluster's network. It carries no dependency on the container, or
   * replacing the seed would replace whoever joins by it.
   */
  readonly ip: pulumi.Output<string>;
  /** `host:port` where the host reaches the gossip port. */
  readonly endpoint: pulumi.Output<string>;
  /** The engine's ID of the container. */
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: SeedArgs, opts?: pulumi.ComponentResourceOptions) {
    const { endpoint, ...known } = args;
    super("serf:cluster:Seed", name, known, opts);

    const { memberName, address, publish } = args;
    const plan = planSeed(args);
    const { rolling } = args;
    const cause = specOf(plan).apply((spec) => [spec, args.generation]);
    const turn = awaitTurn(name, { rolling, member: memberName, cause }, { parent: this });
    const container = new docker.Container(
      name,
      {
        ...containerArgs(plan),
        // Left out, it is read back as the network's name and replaces the container.
        networkMode: "bridge",
        networksAdvanced: [{ name: args.network.networkName, ipv4Address: address }],
        ports: ["tcp", "udp"].map((protocol) => ({
          internal: gossipPort,
          ...(publish.port !== 0 && { external: publish.port }),
          ip: publish.address,
          protocol,
        })),
      },
      { parent: this, deleteBeforeReplace: true, dependsOn: turn },
    );

    limitProcesses(name, container.id, { parent: this });

    this.memberName = pulumi.output(memberName);
    this.ip = pulumi.output(address);
    const lookUp = (id: string) => publishedEndpoint(id, gossipPort, publish.address);
    this.endpoint =
      publish.port === 0
        ? container.id.apply(async (id) => endpoint ?? (await lookUp(id)))
        : pulumi.output(`${publish.address}:${publish.port}`);
    this.containerId = container.id;
    this.registerOutputs({
      memberName: this.memberName,
      ip: this.ip,
      endpoint: this.endpoint,
      containerId: this.containerId,
    });
  }
}
