import type { local } from "@pulumi/command";
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
import type { ImageRemovalInput } from "../../lib/inputs/imageRemoval.ts";
import type { ImageTrialInput } from "../../lib/inputs/imageTrial.ts";
import { runProgram } from "../stack/runProgram.ts";

export interface SerfImageArgs {
  /** The first part of the image's name. */
  readonly prefix: string;
  readonly labels: Labels;
  readonly choice: ImageChoice;
  readonly standIns: StandIns;
  readonly builder: ImageBuilder;
  /** Returns the generation of the image with this name; see `lib/drift/engineState.ts`. */
  readonly generationOf: (name: string) => string;
  /** How a new image is tested before a member is created from it. Default: it is not tested. */
  readonly trial?: Trial | undefined;
}

/** What the test of an image needs. */
interface Trial {
  /** The limits of the members' containers. */
  readonly limits: ContainerLimits;
  /** Seconds until the agent must answer. */
  readonly timeout: number;
}

/**
 * The image with Serf, built on the engine from the folder `docker`.
 *
 * Its tag is a hash of its inputs: the image is rebuilt only when a file of the build context or a build argument
 * changes, and a preview already shows the new name.
 */
export class SerfImage extends pulumi.ComponentResource {
  /** The name with the tag, known before the build. */
  readonly ref: string;
  /** The name with the tag, once it has been built. */
  readonly name: pulumi.Output<string>;
  /** The image's ID on the engine. */
  readonly id: pulumi.Output<string>;
  /** The tests that members must depend on in addition to the image. */
  readonly trials: readonly pulumi.Resource[];

  constructor(name: string, args: SerfImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { standIns } = args;
    const choice = imageChoice(args.choice, standIns);
    super("serf:cluster:SerfImage", name, { ...choice }, opts);

    const buildArgs = buildArgsOf(choice);
    const ref = imageRef(args.prefix, choice);
    const labels = { ...args.labels, [generationLabel]: args.generationOf(ref) };
    // The provider removes images by name, which would also remove the replacement of an image that was lost. So a
    // command removes it. The image depends on this command, which is therefore destroyed last, when no container
    // uses the image any more.
    const removed: ImageRemovalInput = { image: ref, labels: args.labels };
    const removal = runProgram(
      `${name}-removal`,
      { delete: "imageRemoval", input: removed, triggers: [ref] },
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
    this.name = image.name;
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
   * The provider's own build uses BuildKit on the engine of its process's `DOCKER_HOST`, without TLS. It ignores
   * the provider's `host` and the docker client's contexts
   * (https://github.com/kreuzwerker/terraform-provider-docker/blob/96d331c98ff4/internal/provider/docker_cli.go).
   * If an engine is chosen explicitly, the docker client builds the image instead, and the provider finds it
   * there; see {@link imageBuilder}.
   */
  #buildByClient(name: string, build: ImageBuild): local.Command {
    return runProgram(`${name}-build`, { create: "imageBuild", input: build }, { parent: this });
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
  return runProgram(`${name}-trial`, { create: "imageTrial", input }, { parent });
}
