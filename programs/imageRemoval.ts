/**
 * Removes an image of a stack, and those that have lost their names.
 *
 *     node programs/imageRemoval.ts < input.json
 */
import { text } from "node:stream/consumers";
import type { Labels } from "../components/labels.ts";
import { removeIfThere, unlessGone } from "./containers.ts";
import { listImages } from "./inventory.ts";
import { printResult } from "./run.ts";

/** What the program takes from standard input, as JSON. */
interface ImageRemovalInput {
  /** The name with the tag. */
  readonly image: string;
  readonly labels: Labels;
}

await printResult(async () => {
  const { image, labels } = JSON.parse(await text(process.stdin)) as ImageRemovalInput;
  await removeIfThere(`/images/${image}`);
  const nameless = (await listImages(labels)).filter(({ names }) => names.length === 0);
  for (const { id } of nameless) await unlessGone({ method: "DELETE", path: `/images/${id}` });
});
