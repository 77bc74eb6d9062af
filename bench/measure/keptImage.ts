import { engine, query } from "../../lib/engine/api.ts";
import type { Contender } from "../support/contender.ts";
import { keptImage } from "../support/place.ts";

/**
 * Builds this project's image, and gives it a tag of the bench, so that the image and its layers are kept when a
 * stack is destroyed.
 *
 * @param own this project's contender. Brings up a seed without joiners, and destroys it.
 */
export async function keepImage(own: Contender): Promise<void> {
  await own.prepare(0);
  await own.up();
  const path = `/containers/${own.seed}/json`;
  const { Image } = (await engine({ method: "GET", path })) as { Image: string };
  const [repo, tag] = keptImage.split(":") as [string, string];
  await engine({ method: "POST", path: `/images/${Image}/tag?${query({ repo, tag })}` });
  await own.destroy();
  await engine({ method: "GET", path: `/images/${keptImage}/json` });
}
