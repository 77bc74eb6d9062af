import { registryOf } from "../../lib/cluster/registry.ts";
import type { Images } from "../image/images.ts";
import type { SerfImage } from "../image/serfImage.ts";
import { after, type StackPlan } from "../stack/plan.ts";
import { PushedImage } from "./pushedImage.ts";

/** Declares for each image of a stack that the engines of a Swarm can pull it. */
export function pushImages(
  plan: StackPlan,
  { all, ready }: Images,
): ReadonlyMap<SerfImage, PushedImage> {
  const registry = registryOf(plan.settings);
  return new Map(
    all.map((image, index) => {
      const name = index === 0 ? "pushed-image" : `pushed-image-${index}`;
      const args = { image, registry, labels: plan.labels };
      return [image, new PushedImage(name, args, after(plan, ...ready))];
    }),
  );
}
