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
  /** The image of the temporary container through which files are written into the volume. */
  readonly image: string;
  /** The configurations of the seed and, if it runs in a container, of the host's agent. */
  readonly fleets: readonly Fleet[];
  readonly secrets: Pick<ClusterSecrets, "gossipKey" | "rpcToken">;
  /** Whether the volume with the agents' data is kept when the stack is destroyed. */
  readonly retainData: boolean;
  /** Provides the generations of the volumes and of the configurations and keys that the members share. */
  readonly engineState: Pick<EngineState, "ofVolume" | "ofCluster">;
  /** The members that share them. */
  readonly expected: readonly ExpectedMember[];
}

/**
 * The agents' two volumes: one with the configuration of each group, the gossip key and the RPC token, and one in
 * which each agent keeps its data in a folder of its own.
 */
export class Storage extends pulumi.ComponentResource {
  /** Where configuration files are written; available once the keys have been written. */
  readonly files: ConfigPlace;
  /** Changes whenever the shared configurations or keys have to be repaired. */
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
          // The new volume has the same name as the old one.
          deleteBeforeReplace: true,
          retainOnDelete: kind === "data" && args.retainData,
          // The engine never changes the labels and driver of an existing volume.
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
