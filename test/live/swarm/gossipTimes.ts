import { ask, closeViews, type View } from "../../../lib/membership/views.ts";
import type { BedEngine } from "./bed/bedEngine.ts";

/**
 * How soon a query reaches the members: the milliseconds until half of them, nine in ten and all had acknowledged it.
 *
 * @param one an engine that runs members of the stack; one of them sends the query.
 * @param members how many must acknowledge it.
 */
export async function gossipTimes(
  one: BedEngine,
  stack: string,
  members: number,
): Promise<readonly [number, number, number]> {
  const list = ["ps", "--filter", `label=serf.stack=${stack}`, "--format", "{{.Names}}"];
  const [container] = (await one.docker(list)).split("\n");
  const engine = { name: one.name, host: one.socketHost };
  const view: View = { kind: "container", name: container!, engine };
  try {
    const times = await ask(view, async (agent) => {
      const started = performance.now();
      const times: number[] = [];
      for await (const { type } of agent.query({
        name: "reached",
        payload: Buffer.from(""),
        timeout: 10,
      })) {
        if (type === "ack") times.push(performance.now() - started);
      }
      return times;
    });
    if (times.length !== members) {
      throw new Error(`${times.length} of ${members} members acknowledged a query.`);
    }
    const at = (part: number) => times[Math.ceil(part * members) - 1]!;
    return [at(0.5), at(0.9), at(1)];
  } finally {
    await closeViews();
  }
}
