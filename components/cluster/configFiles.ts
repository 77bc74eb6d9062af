import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../../lib/agents/fleet.ts";
import type { SealedPart } from "../../lib/agents/seal.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { VolumeNames } from "../../lib/cluster/names.ts";
import type { ConfigurationsInput, Secrets } from "../../lib/inputs/configurations.ts";
import { programCommand } from "../stack/programCommand.ts";

/** Where configurations are written, and what all of them hold. */
export interface ConfigPlace {
  /** An image, with which the engine is made to write into a volume. */
  readonly image: string;
  readonly volumes: pulumi.Input<VolumeNames>;
  readonly labels: Labels;
  /** Secrets. */
  readonly secrets: pulumi.Input<Secrets>;
  /** A new one asks for a look at all files and keys; see `lib/drift/engineState.ts`. */
  readonly generation: pulumi.Input<string>;
}

export interface ConfigFilesArgs extends ConfigPlace {
  readonly part: SealedPart;
  readonly fleets: pulumi.Input<readonly Fleet[]>;
}

/**
 * Writes the configurations of groups of agents in containers, each a file that nobody but agents reads. They are
 * not part of a container, so a changed tag, handler or join address replaces none: agents that run are told
 * to read theirs again. Who an agent is stands in its container's command, so that one more of a group changes
 * no file.
 */
export function writeConfigFiles(
  name: string,
  args: ConfigFilesArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  const { part, image, labels } = args;
  const input = pulumi
    .all([args.fleets, args.volumes, args.generation])
    .apply(([fleets, volumes, generation]): ConfigurationsInput => ({
      ...{ part, image, labels, fleets, volumes, generation },
    }));
  return new local.Command(
    name,
    {
      create: programCommand("configurations"),
      // Apart from the secrets, so that a preview shows what changes.
      environment: { SERF_CONFIGURATIONS: pulumi.jsonStringify(input) },
      stdin: pulumi.secret(pulumi.jsonStringify(args.secrets)),
      addPreviousOutputInEnv: false,
      logging: "stderr",
    },
    opts,
  );
}
