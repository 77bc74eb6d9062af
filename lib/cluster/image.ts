import { hashBuild } from "./buildContext.ts";
import { imageName } from "./names.ts";
import { serfChecksums } from "./serfVersions.ts";

/** The inputs of an image, in addition to the folder `docker`. */
export interface ImageChoice {
  /** The Serf release; its checksum must be known. Default: 0.11.0. */
  readonly serfVersion: string;
  /** The image that Serf is compiled in. Default: the one pinned in the Dockerfile. */
  readonly builderImage: string | undefined;
  /** The image that Serf runs in. Default: the one pinned in the Dockerfile. */
  readonly runtimeImage: string | undefined;
}

/** The build context of the images. Relative, so that the state contains no path of a particular machine. */
export const buildContext = "docker";

/** Picks the image's inputs from an object, and fills in the stand-ins for base images that it does not set. */
export function imageChoice(from: ImageChoice, standIns: StandIns): ImageChoice {
  const { serfVersion, builderImage, runtimeImage } = from;
  return {
    serfVersion,
    builderImage: builderImage ?? standIns.builderImage,
    runtimeImage: runtimeImage ?? standIns.runtimeImage,
  };
}

/** The image's name with the tag, which is known before the build. */
export function imageRef(prefix: string, choice: ImageChoice): string {
  return imageName(prefix, hashBuild(buildContext, buildArgsOf(choice)));
}

export function buildArgsOf({ serfVersion, builderImage, runtimeImage }: ImageChoice) {
  return {
    SERF_VERSION: serfVersion,
    SERF_SUM: serfChecksums[serfVersion]!,
    ...(builderImage !== undefined && { BUILDER_IMAGE: builderImage }),
    ...(runtimeImage !== undefined && { RUNTIME_IMAGE: runtimeImage }),
  };
}

/** Images to use instead of those pinned in the Dockerfile; see setup. Default: the pinned ones. */
export interface StandIns {
  readonly builderImage?: string | undefined;
  readonly runtimeImage?: string | undefined;
}

export type ImageBuilder = "client" | "provider";
