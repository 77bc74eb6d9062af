/**
 * Removes an image of a stack, and the stack's images that have lost their names. When the stack has no container any
 * more, it also removes images of that repository that an earlier change had left, since they were in use.
 *
 *     node programs/imageRemoval.ts < input.json
 */
import { text } from "node:stream/consumers";
import { type Labels, roleLabel } from "../lib/cluster/labels.ts";
import { removeIfThere, unlessGone } from "../lib/containers/lifecycle.ts";
import { engine, EngineError, query } from "../lib/engine/api.ts";
import { listContainers, listImages } from "../lib/engine/inventory.ts";
import { printResult } from "../lib/host/run.ts";
import type { ImageRemovalInput } from "../lib/inputs/imageRemoval.ts";

async function isUsed(image: string, labels: Labels): Promise<boolean> {
  // Containers inherit the image's labels; the role label distinguishes members from other containers.
  const label = [...Object.entries(labels).map(([key, value]) => `${key}=${value}`), roleLabel];
  const path = `/containers/json?${query({ all: "1", filters: { ancestor: [image], label } })}`;
  try {
    return ((await engine({ method: "GET", path })) as unknown[]).length > 0;
  } catch (error) {
    // The engine's status codes for an image that does not exist.
    if (error instanceof EngineError && [400, 404].includes(error.status ?? 0)) return false;
    throw error;
  }
}

await printResult(async () => {
  const { image, labels } = JSON.parse(await text(process.stdin)) as ImageRemovalInput;
  // Members still use the image: the change to another one stopped halfway and was reverted.
  if (await isUsed(image, labels)) return;
  const own = await listImages(labels);
  // By now the name may belong to an image of somebody else.
  const repository = image.slice(0, image.lastIndexOf(":") + 1);
  const isOver = (await listContainers({ ...labels })).every(
    (one) => one.labels[roleLabel] === undefined,
  );
  const isMeant = (name: string) => name === image || (isOver && name.startsWith(repository));
  for (const name of own.flatMap(({ names }) => names).filter(isMeant)) {
    await removeIfThere(`/images/${name}`);
  }
  // An image that was pushed still has its digest when its last name is gone.
  const nameless = (await listImages(labels)).filter(({ names }) => names.length === 0);
  for (const { id } of nameless) await unlessGone({ method: "DELETE", path: `/images/${id}` });
});
