import { engine } from "../../../lib/engine/api.ts";
import { listContainers } from "../../../lib/engine/inventory.ts";
import { onEach } from "../../../lib/engine/scope.ts";
import { forEachParallel } from "../../../lib/host/parallel.ts";
import { pause } from "../../../lib/host/run.ts";
import type { BedEngine } from "./bed/bedEngine.ts";

/** What an idle agent of a stack costs, as the mean of all. */
export interface AgentCost {
  /** Percent of one processor. */
  readonly processor: number;
  /** Bytes a second that it sends on all its networks, with their headers. */
  readonly sent: number;
  /** MiB of memory, as the engine counts it. */
  readonly memory: number;
}

interface Usage {
  readonly nanoseconds: number;
  readonly sent: number;
  readonly memory: number;
}

/** @param seconds for how long the agents are observed. */
export async function agentCost(
  engines: readonly BedEngine[],
  stack: string,
  seconds: number,
): Promise<AgentCost> {
  const before = await usages(engines, stack);
  const started = Date.now();
  await pause(seconds * 1000);
  const after = await usages(engines, stack);
  const passed = (Date.now() - started) / 1000;
  const mean = (value: (name: string) => number) =>
    [...after.keys()].reduce((sum, name) => sum + value(name), 0) / after.size;
  const grown = (what: keyof Usage) => (name: string) =>
    after.get(name)![what] - before.get(name)![what];
  return {
    processor: (mean(grown("nanoseconds")) / 1e9 / passed) * 100,
    sent: mean(grown("sent")) / passed,
    memory: mean((name) => after.get(name)!.memory) / 2 ** 20,
  };
}

/** What the containers of a stack's members have used so far, by their names. */
async function usages(engines: readonly BedEngine[], stack: string): Promise<Map<string, Usage>> {
  const places = engines.map(({ name, socketHost }) => ({ name, host: socketHost }));
  const found = new Map<string, Usage>();
  await onEach(places, async () => {
    await forEachParallel(await listContainers({ "serf.stack": stack }), 8, async (one) => {
      const path = `/containers/${one.id}/stats?stream=false&one-shot=true`;
      const stats = (await engine({ method: "GET", path })) as {
        readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
        readonly memory_stats: { readonly usage: number };
        readonly networks: Readonly<Record<string, { readonly tx_bytes: number }>>;
      };
      found.set(one.name, {
        nanoseconds: stats.cpu_stats.cpu_usage.total_usage,
        sent: Object.values(stats.networks).reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
        memory: stats.memory_stats.usage,
      });
    });
  });
  return found;
}
