/**
 * Waits until no node of the Swarm has anything of a stack's services, which have been deleted.
 *
 *     node programs/swarmRemoval.ts < input.json
 */
import { text } from "node:stream/consumers";
import { pause, printResult } from "../lib/host/run.ts";
import type { SwarmRemovalInput } from "../lib/inputs/swarmRemoval.ts";
import { whatIsLeft } from "../lib/swarm/removal.ts";

/** Milliseconds until the nodes must be clean: an agent's grace, and the rest for a busy or slow node. */
const limit = 90_000;

await printResult(async () => {
  const input = JSON.parse(await text(process.stdin)) as SwarmRemovalInput;
  const deadline = Date.now() + limit;
  for (;;) {
    const left = await whatIsLeft(input);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(
        `The services are deleted, but after ${limit / 1000} s these are left:\n${left.join("\n")}\n` +
          "If a node is lost, take it out of the Swarm with `docker node rm --force NODE`, then run this again.",
      );
    }
    await pause(500);
  }
});
