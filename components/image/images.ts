import type * as pulumi from "@pulumi/pulumi";
import { imageChoice, type ImageChoice } from "../../lib/cluster/image.ts";
import type { JoinerGroup } from "../../lib/settings/groups.ts";
import { SerfImage, type SerfImageArgs } from "./serfImage.ts";

/** The images of a stack. */
export interface Images {
  /** The seed's, the host's and that of every group that has no choice of its own. */
  readonly main: SerfImage;
  readonly all: readonly SerfImage[];
  /** What must be done before a member is made from any of them. */
  readonly ready: readonly pulumi.Resource[];
}

/** Declares an image for the stack, and one for each choice of a group that differs from it. */
export function declareImages(
  args: SerfImageArgs,
  groups: readonly JoinerGroup[],
  opts?: pulumi.ComponentResourceOptions,
): Images {
  const images = new Map<string, SerfImage>();
  const imageOf = (name: string, choice: ImageChoice) => {
    const key = JSON.stringify(imageChoice(choice, args.standIns));
    const image = images.get(key) ?? new SerfImage(name, { ...args, choice }, opts);
    images.set(key, image);
    return image;
  };
  const main = imageOf("image", args.choice);
  for (const { name, image } of groups) imageOf(`image-${name}`, { ...args.choice, ...image });
  const all = [...images.values()];
  return { main, all, ready: [...all, ...all.flatMap(({ trials }) => trials)] };
}
