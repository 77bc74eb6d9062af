import type * as pulumi from "@pulumi/pulumi";
import { imageChoice, type ImageChoice } from "../../lib/cluster/image.ts";
import type { StackPlan } from "../stack/plan.ts";
import { SerfImage } from "./serfImage.ts";

/** The images of a stack. */
export interface Images {
  /** The seed's, the host's and that of every group that has no choice of its own. */
  readonly main: SerfImage;
  readonly all: readonly SerfImage[];
  /** What must be done before a member is made from any of them. */
  readonly ready: readonly pulumi.Resource[];
}

/** Declares an image for the stack, and one for each choice of a group that differs from it. */
export function declareImages(plan: StackPlan): Images {
  const { settings, names, labels, standIns, builder, engineState, engine } = plan;
  const { limits, convergenceTimeout: timeout, maxUnavailable } = settings;
  const args = {
    ...{ prefix: names.prefix, labels, standIns, builder },
    generationOf: (name: string) => engineState.ofImage(name),
    // Where members are replaced one by one, none is replaced by what does not work.
    trial: maxUnavailable === undefined ? undefined : { limits, timeout },
  };
  const images = new Map<string, SerfImage>();
  const imageOf = (name: string, choice: ImageChoice) => {
    const key = JSON.stringify(imageChoice(choice, standIns));
    const image = images.get(key) ?? new SerfImage(name, { ...args, choice }, engine);
    images.set(key, image);
    return image;
  };
  const main = imageOf("image", settings);
  for (const { name, image } of settings.groups)
    imageOf(`image-${name}`, { ...settings, ...image });
  const all = [...images.values()];
  return { main, all, ready: [...all, ...all.flatMap(({ trials }) => trials)] };
}
