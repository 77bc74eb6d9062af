import type * as pulumi from "@pulumi/pulumi";
import { imageChoice, type ImageChoice } from "../../lib/cluster/image.ts";
import type { StackPlan } from "../stack/plan.ts";
import { SerfImage } from "./serfImage.ts";

/** The images of a stack. */
export interface Images {
  /** The image of the seed, of the host's agent and of every group that does not choose its own. */
  readonly main: SerfImage;
  readonly all: readonly SerfImage[];
  /** The image that a choice names. */
  readonly of: (choice: ImageChoice) => SerfImage;
  /** The resources that members must depend on: the images and their trials. */
  readonly ready: readonly pulumi.Resource[];
}

/** Declares the stack's image, and one more for each group that chooses a different one. */
export function declareImages(plan: StackPlan): Images {
  const { settings, names, labels, standIns, builder, engineState, engine } = plan;
  const { limits, convergenceTimeout: timeout, maxUnavailable } = settings;
  const args = {
    ...{ prefix: names.prefix, labels, standIns, builder },
    generationOf: (name: string) => engineState.ofImage(name),
    // In a rolling change a broken image must be found before the first member is replaced.
    trial: maxUnavailable === undefined ? undefined : { limits, timeout },
  };
  const images = new Map<string, SerfImage>();
  const keyOf = (choice: ImageChoice) => JSON.stringify(imageChoice(choice, standIns));
  const imageOf = (name: string, choice: ImageChoice) => {
    const key = keyOf(choice);
    const image = images.get(key) ?? new SerfImage(name, { ...args, choice }, engine);
    images.set(key, image);
    return image;
  };
  const main = imageOf("image", settings);
  for (const { name, image } of settings.groups)
    imageOf(`image-${name}`, { ...settings, ...image });
  const all = [...images.values()];
  return {
    ...{ main, all, ready: [...all, ...all.flatMap(({ trials }) => trials)] },
    of: (choice) => images.get(keyOf(choice))!,
  };
}
