import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../../lib/agents/fleet.ts";
import { generationLabel, labelList, type Labels } from "../../lib/cluster/labels.ts";
import type { ExpectedMember } from "../../lib/cluster/members.ts";
import type { VolumeNames } from "../../lib/cluster/names.ts";
import type { EngineState } from "../../lib/drift/engineState.ts";
import { hasSecrets } from "../../lib/drift/observation.ts";
import type { ClusterSecrets } from "./clusterSecrets.ts";
import { type ConfigPlace, writeConfigFiles } from "./configFiles.ts";

export interface StorageArgs {
  readonly names: VolumeNames;
  readonly labels: Labels;
  /** An image, with which the engine is made to write into a volume. */
  readonly image: string;
  /** Of the seed, and of the host's agent where it runs in a container. */
  readonly fleets: readonly Fleet[];
  readonly secrets: Pick<ClusterSecrets, "gossipKey" | "rpcToken">;
  /** Whether the volume with what the agents keep outlives the stack. */
  readonly retainData: boolean;
  /** Tells the generations of the volumes and of what the members share. */
  readonly engineState: Pick<EngineState, "ofVolume" | "ofCluster">;
  /** Who shares it. */
  readonly expected: readonly ExpectedMember[];
}

/**
 * What the agents read and what they keep: a volume with the configuration of each group, the gossip key and the
 * RPC token, and one in which each agent has a folder of its own.
 */
export class Storage extends pulumi.ComponentResource {
  /** Where configurations are written, once the keys are there. */
  readonly files: ConfigPlace;
  /** Changes whenever what the members share had to be mended. */
  readonly generation: pulumi.Output<string>;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Storage", name, { names: args.names }, opts);

    const { names, labels, engineState, image } = args;
    const shared = engineState.ofCluster(args.expected);
    const volume = (kind: keyof VolumeNames) => {
      const generation = engineState.ofVolume(names[kind]);
      return new docker.Volume(
        `${name}-${kind}`,
        {
          name: names[kind],
          ...(generation !== undefined && {
            labels: labelList({ ...labels, [generationLabel]: generation }),
          }),
        },
        {
          parent: this,
          // The new volume has the name of the old one.
          deleteBeforeReplace: true,
          retainOnDelete: kind === "data" && args.retainData,
          // The engine keeps what a volume was made with that is there.
          ignoreChanges: generation === undefined ? ["labels", "driver", "driverOpts"] : [],
        },
      );
    };
    const volumes = pulumi
      .all([volume("config").name, volume("data").name])
      .apply(([config, data]): VolumeNames => ({ config, data }));
    const secrets = pulumi
      .all([args.secrets.gossipKey, args.secrets.rpcToken])
      .apply(([gossipKey, rpcToken]) => ({ gossipKey, rpcToken }));
    this.generation = pulumi.unsecret(
      secrets.apply(({ gossipKey, rpcToken }) =>
        hasSecrets(shared, gossipKey, rpcToken) ? shared.generation : shared.fresh,
      ),
    );
    this.files = { image, volumes, labels, secrets, generation: this.generation };
    writeConfigFiles(
      name,
      { part: "members", fleets: args.fleets, ...this.files },
      { parent: this },
    );
    this.registerOutputs({ generation: this.generation });
  }
}
