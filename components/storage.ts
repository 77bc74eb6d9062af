import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ConfigurationsInput, Fleet } from "../programs/configurations.ts";
import type { VolumeNames } from "./agentContainer.ts";
import { generationLabel, labelList, type Labels } from "./labels.ts";
import { programCommand } from "./programCommand.ts";
import { hasSecrets } from "./sight.ts";
import type { ClusterStanding } from "./standing.ts";

export interface StorageArgs {
  readonly names: VolumeNames;
  readonly labels: Labels;
  /** An image, with which the engine is made to write into a volume. */
  readonly image: pulumi.Input<string>;
  /** Of all agents that run in containers. */
  readonly fleets: readonly Fleet[];
  /** Secrets. */
  readonly gossipKey: pulumi.Input<string>;
  readonly rpcToken: pulumi.Input<string>;
  /** Whether the volume with what the agents keep outlives the stack. */
  readonly retainData: boolean;
  /** The generation of the volume with this name; undefined for one that was not made here; see `standing.ts`. */
  readonly generationOf: (name: string) => string | undefined;
  /** How the configurations and the cluster that has them stand. */
  readonly standing: ClusterStanding;
}

/**
 * What the agents read and what they keep: a volume with the configuration of each group, and one in
 * which each agent has a folder of its own.
 *
 * A configuration is a file that nobody but agents reads. It is not part of a container, so a changed tag,
 * handler or join address replaces none: agents that run are told to read theirs again. Who an agent is
 * stands in its container's command, so that one more of a group changes no file.
 */
export class Storage extends pulumi.ComponentResource {
  /** The names of the volumes. */
  readonly volumes: VolumeNames;
  /** Changes whenever what the members share had to be mended. */
  readonly generation: pulumi.Output<string>;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:Storage", name, { names: args.names, fleets: args.fleets }, opts);

    const { names, labels } = args;
    const volume = (kind: keyof VolumeNames) => {
      const generation = args.generationOf(names[kind]);
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
    const { standing } = args;
    this.generation = pulumi.unsecret(
      pulumi
        .all([args.gossipKey, args.rpcToken])
        .apply(([gossipKey, rpcToken]) =>
          hasSecrets(standing, gossipKey, rpcToken) ? standing.generation : standing.fresh,
        ),
    );
    const input = pulumi
      .all([
        args.image,
        args.gossipKey,
        args.rpcToken,
        this.generation,
        volume("config").id,
        volume("data").id,
      ])
      .apply(([image, gossipKey, rpcToken, generation]): ConfigurationsInput => ({
        image,
        volumes: names,
        labels,
        fleets: args.fleets,
        gossipKey,
        rpcToken,
        generation,
      }));
    new local.Command(
      name,
      {
        create: programCommand("configurations"),
        stdin: pulumi.secret(pulumi.jsonStringify(input)),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    this.volumes = names;
    this.registerOutputs({ volumes: names, generation: this.generation });
  }
}
