import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { hashBuild } from "./buildContext.ts";
import { generationLabel, type Labels } from "./labels.ts";
import { imageName } from "./names.ts";
import { serfChecksums } from "./serfVersions.ts";

export interface SerfImageArgs {
  /** Begins the image's name. */
  readonly prefix: string;
  readonly labels: Labels;
  /** A release of which the checksum is known. */
  readonly serfVersion: string;
  /** The image that Serf is compiled in. Default: the one pinned in the Dockerfile. */
  readonly builderImage: string | undefined;
  /** The image that Serf runs in. Default: the one pinned in the Dockerfile. */
  readonly runtimeImage: string | undefined;
  /** The generation of the image with this name; see `standing.ts`. */
  readonly generationOf: (name: string) => string;
}

/** Relative, so that the state holds no path of one machine. */
const context = "docker";

/**
 * The image with Serf, built on the engine from the folder `docker`.
 *
 * Its tag is a hash of what it is built from: it is rebuilt exactly when the context's content
 * or a build argument changes, and a preview already knows the new name.
 */
export class SerfImage extends pulumi.ComponentResource {
  /** The name with the tag, known in a preview. */
  readonly ref: pulumi.Output<string>;
  /** The engine's ID of the image. */
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: SerfImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("serf:cluster:SerfImage", name, args, opts);

    const buildArgs = {
      SERF_VERSION: args.serfVersion,
      SERF_SUM: serfChecksums[args.serfVersion]!,
      ...(args.builderImage !== undefined && { BUILDER_IMAGE: args.builderImage }),
      ...(args.runtimeImage !== undefined && { RUNTIME_IMAGE: args.runtimeImage }),
    };
    const ref = imageName(args.prefix, hashBuild(context, buildArgs));
    const label = { ...args.labels, [generationLabel]: args.generationOf(ref) };
    const image = new docker.RemoteImage(
      name,
      { name: ref, build: { context, buildArgs, label } },
      { parent: this },
    );

    this.ref = image.name;
    this.id = image.imageId;
    this.registerOutputs({ ref: this.ref, id: this.id });
  }
}
