import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../../lib/agents/fleet.ts";
import type { SealedPart } from "../../lib/agents/seal.ts";
import type { Labels } from "../../lib/cluster/labels.ts";
import type { VolumeNames } from "../../lib/cluster/names.ts";
import type { ConfigurationsInput, Secrets } from "../../lib/inputs/configurations.ts";
import { runProgram } from "../stack/runProgram.ts";

/** Where configuration files are written, and what they have in common. */
export interface ConfigPlace {
  /** The image of the temporary container through which files are written into the volume. */
  readonly image: string;
  readonly volumes: pulumi.Input<VolumeNames>;
  readonly labels: Labels;
  /** Secrets. */
  readonly secrets: pulumi.Input<Secrets>;
  /** A new generation makes the program check all files and keys again; see `lib/drift/engineState.ts`. */
  readonly generation: pulumi.Input<string>;
}

export interface ConfigFilesArgs extends ConfigPlace {
  readonly part: SealedPart;
  readonly fleets: pulumi.Input<readonly Fleet[]>;
  /** The variables that direct the command to an engine. Default: those of its component. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Writes the configuration file of each group of agents in containers; only the agents' user can read them. The
 * files are not part of any container, so changing a tag, a handler or the join address recreates no container:
 * running agents are told to reload. An agent's name and address are arguments of its container's command, so
 * adding a member to a group changes no file.
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
  return runProgram(
    name,
    {
      create: "configurations",
      // Separate from the secrets, so that a preview shows what changes.
      environment: { ...args.environment, SERF_CONFIGURATIONS: pulumi.jsonStringify(input) },
      input: pulumi.secret(args.secrets),
    },
    opts,
  );
}
