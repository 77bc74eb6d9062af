import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ImageBuilder, StandIns } from "../../lib/cluster/image.ts";
import {
  buildArgsOf,
  buildContext,
  imageChoice,
  type ImageChoice,
  imageRef,
} from "../../lib/cluster/image.ts";
import { generationLabel, type Labels } from "../../lib/cluster/labels.ts";
import type { ContainerLimits } from "../../lib/containers/description.ts";
import type { ImageBuild } from "../../lib/inputs/imageBuild.ts";
import type { ImageTrialInput } from "../../lib/inputs/imageTrial.ts";
import { programCommand } from "../stack/programCommand.ts";

export interface SerfImageArgs {
  /** Begins the image's name. */
  readonly prefix: string;
  readonly labels: Labels;
  readonly choice: ImageChoice;
  readonly standIns: StandIns;
  readonly builder: ImageBuilder;
  /** The generation of the image with this name; see `lib/drift/engineState.ts`. */
  readonly generationOf: (name: string) => string;
  /** How a new image is tried before any member is made from it. Default: not at all. */
  readonly trial?: Trial | undefined;
}

/** What the trial of an image needs to know. */
interface Trial {
  /** What the members' containers may use. */
  readonly limits: ContainerLimits;
  /** Seconds in which the agent must answer. */
  readonly timeout: number;
}

/**
 * The image with Serf, built on the engine from the folder `docker`.
 *
 * Its tag is a hash of what it is built from: it is rebuilt exactly when the context's content
 * or a build argument changes, and a preview already knows the new name.
 */
export class SerfImage extends pulumi.ComponentResource {
  /** The name with the tag, known before the image is made. */
  readonly ref: string;
  /** The engine's ID of the image. */
  readonly id: pulumi.Output<string>;
  /** What must be done before a member is made from the image, beside the image itself. */
  readonly trials: readonly pulumi.Resource[];

  constructor(name: string, args: SerfImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { standIns } = args;
    const choice = imageChoice(args.choice, standIns);
    super("serf:cluster:SerfImage", name, { ...choice }, opts);

    const buildArgs = buildArgsOf(choice);
    const ref = imageRef(args.prefix, choice);
    const labels = { ...args.labels, [generationLabel]: args.generationOf(ref) };
    // The provider would remove an image by its name, and so the one that has taken the place of a lost
    // one. Declared first, the removal comes last: when no container is left that needs the image.
    const removal = new local.Command(
      `${name}-removal`,
      {
        delete: programCommand("imageRemoval"),
        stdin: pulumi.jsonStringify({ image: ref, labels: args.labels }),
        triggers: [ref],
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
    const build =
      args.builder === "client" &&
      this.#buildByClient(name, { image: ref, context: buildContext, buildArgs, labels });
    const image = new docker.RemoteImage(
      name,
      build
        ? { name: ref, keepLocally: true, triggers: { built: labels[generationLabel] } }
        : {
            name: ref,
            keepLocally: true,
            build: { context: buildContext, buildArgs, label: labels },
          },
      { parent: this, dependsOn: [removal, ...(build ? [build] : [])] },
    );

    this.ref = ref;
    this.id = image.imageId;
    this.trials = args.trial ? [tryImage(name, image.name, args.labels, args.trial, this)] : [];
    this.registerOutputs({
      ref: this.ref,
      id: this.id,
      builder: args.builder,
      standInBuilder: standIns.builderImage,
      standInRuntime: standIns.runtimeImage,
    });
  }

  /**
   * The provider builds by BuildKit on the engine of its process's `DOCKER_HOST`, and there without TLS: neither
   * its own `host` nor a context of the docker client counts
   * (https://github.com/kreuzwerker/terraform-provider-docker/blob/96d331c98ff4/internal/provider/docker_cli.go).
   * Where an engine is chosen, the docker client builds, and the provider finds the image there; see
   * {@link imageBuilder}.
   */
  #buildByClient(name: string, build: ImageBuild): local.Command {
    return new local.Command(
      `${name}-build`,
      {
        create: programCommand("imageBuild"),
        stdin: pulumi.jsonStringify(build),
        addPreviousOutputInEnv: false,
        logging: "stderr",
      },
      { parent: this },
    );
  }
}

function tryImage(
  name: string,
  image: pulumi.Output<string>,
  labels: Labels,
  trial: Trial,
  parent: pulumi.Resource,
): pulumi.Resource {
  const input = image.apply((ref): ImageTrialInput => ({ image: ref, labels, ...trial }));
  return new local.Command(
    `${name}-trial`,
    {
      create: programCommand("imageTrial"),
      stdin: pulumi.jsonStringify(input),
      addPreviousOutputInEnv: false,
      logging: "stderr",
    },
    { parent },
  );
}
