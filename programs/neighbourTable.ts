/**
 * Enlarges the kernel's neighbour table for a stack, or undoes that.
 *
 *     node programs/neighbourTable.ts claim|release < input.json
 *
 * `claim` raises the limits if they are too low for all stacks together, and records the previous values.
 * `release` needs only the labels; it lowers the limits as far as the remaining stacks allow.
 */
import { text } from "node:stream/consumers";
import { printResult } from "../lib/host/run.ts";
import type { NeighbourTableInput } from "../lib/inputs/neighbourTable.ts";
import { claimantOf } from "../lib/neighbourTable/demand.ts";
import { claimEntries, releaseEntries } from "../lib/neighbourTable/limits.ts";

await printResult(async () => {
  const { labels, ...claim } = JSON.parse(await text(process.stdin)) as NeighbourTableInput;
  const command = process.argv[2];
  if (command === "claim") await claimEntries(claimantOf(labels), claim);
  else if (command === "release") await releaseEntries(claimantOf(labels));
  else throw new Error(`The command is ${command ?? "missing"}; allowed are claim and release.`);
});
