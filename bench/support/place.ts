/** What the bench's clusters are called and where they live; nobody else on the host uses it. */
import { planSubnet } from "../../lib/cluster/subnet.ts";
import { listNetworks } from "../../lib/engine/inventory.ts";

/** The stack of our own contenders. */
export const stack = "bench";

/** Begins the names of everything that the other contenders make. Changes with the place. */
export let prefix = "serf-bench-1";

/** Marks everything that the other contenders make. */
export const benchLabel = "serf.bench";

/** Changes with the place. */
export let subnet = planSubnet("10.213.1.0/24")!;

let place = 1;

/**
 * Moves to names and a subnet of its own for the next measurement. An engine that has lost count of a
 * network's endpoints keeps the network until it is restarted, and the next contender shall not
 * suffer from that, nor the next bench.
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

/** The tag that keeps the image while stacks come and go. */
export const keptImage = "serf-benchmark:kept";

/** The seconds that an agent has for leaving, the same for every contender. */
export const stopGrace = 10;

/** Milliseconds in which a cluster must have formed whose containers are all started. */
export const formTimeout = 300_000;

/** Milliseconds in which a contender's command must have ended. */
export const commandTimeout = 600_000;
