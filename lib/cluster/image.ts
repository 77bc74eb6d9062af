import { hashBuild } from "./buildContext.ts";
import { imageName } from "./names.ts";
import { serfChecksums } from "./serfVersions.ts";

/** What an image is built from, beside the folder `docker`. */
export interface ImageChoice {
  /** The Serf release, one of which the checksum is known. Default: 0.11.0. */
  readonly serfVersion: string;
  /** The image that Serf is compiled in. Default: the one pinned in the Dockerfile. */
  readonly builderImage: string | undefined;
  /** The image that Serf runs in. Default: the one pinned in the Dockerfile. */
  readonly runtimeImage: string | undefined;
}

/** The folder that images are built from; relative, so that the state holds no path of one machine. */
export const buildContext = "docker";

/** The part of something larger that chooses an image, with stand-ins for what it leaves to the Dockerfile. */
export function imageChoice(from: ImageChoice, standIns: StandIns): ImageChoice {
  const { serfVersion, builderImage, runtimeImage } = from;
  return {
    serfVersion,
    builderImage: builderImage ?? standIns.builderImage,
    runtimeImage: runtimeImage ?? standIns.runtimeImage,
  };
}

/** The image's name with the tag, which is known before the image is made. */
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

/** Images that stand in for those that the Dockerfile pins; see setup. Default: the pinned ones. */
export interface StandIns {
  readonly builderImage?: string | undefined;
  readonly runtimeImage?: string | undefined;
}

export type ImageBuilder = "client" | "provider";
