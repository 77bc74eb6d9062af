/**
 * Rotates the gossip key of a Swarm's members that run.
 *
 *     SERF_LABELS='{…}' node programs/swarmKey.ts < key
 *
 * New tasks get the key from a secret of the Swarm, which is replaced after that.
 */
import { text } from "node:stream/consumers";
import type { Labels } from "../lib/cluster/labels.ts";
import { inputFrom, printResult } from "../lib/host/run.ts";
import { rotateTo } from "../lib/membership/keyRotation.ts";
import { taskKeyringPath } from "../lib/swarm/description.ts";
import { localViews } from "../lib/swarm/views.ts";

await printResult(async () => {
  const views = await localViews(inputFrom("SERF_LABELS") as Labels);
  await rotateTo(JSON.parse(await text(process.stdin)) as string, {
    keys: [],
    write: () => Promise.resolve(),
    agents: views.map(({ name }) => name),
    path: taskKeyringPath,
  });
});
