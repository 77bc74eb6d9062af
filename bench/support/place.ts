/** The names, subnets and ports of the bench's clusters. Nothing else on the host may use them. */
import { planSubnet } from "../../lib/cluster/subnet.ts";
import { listNetworks } from "../../lib/engine/inventory.ts";

/** The stack of this project's contenders. */
export const stack = "bench";

/** The prefix of all names of the other contenders. Changed by {@link nextPlace}. */
export let prefix = "serf-bench-1";

/** The label of everything that the other contenders create. */
export const benchLabel = "serf.bench";

/** Changed by {@link nextPlace}. */
export let subnet = planSubnet("10.213.1.0/24")!;

let place = 1;

/**
 * Chooses new names and a new subnet for the next measurement. An engine that has lost count of a network's
 * endpoints cannot remove the network until it is restarted; that must not affect the next contender or run.
 */
export async function nextPlace(): Promise<void> {
  const taken = new Set((await listNetworks()).flatMap(({ subnets }) => subnets));
  do {
    place += 1;
    prefix = `serf-bench-${place}`;
    subnet = planSubnet(`10.213.${place % 256}.0/24`)!;
  } while (taken.has(subnet.cidr));
}
export const gossipPort = 18946;
export const rpcPort = 18373;

/** The tag that keeps the image when a stack is destroyed. */
export const keptImage = "serf-benchmark:kept";

/** Seconds that an agent has to leave when it is stopped, the same for every contender. */
export const stopGrace = 10;

/** Milliseconds that a cluster may take to form after all containers were started. */
export const formTimeout = 300_000;

/** Milliseconds that a contender's command may take. */
export const commandTimeout = 600_000;
