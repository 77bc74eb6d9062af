/** What the bench's clusters are called and where they live; nobody else on the host uses it. */
import { planSubnet } from "../components/subnet.ts";

/** The stack of our own contenders. */
export const stack = "bench";

/** Begins the names of everything that the other contenders make. */
export const prefix = "serf-bench";

/** Marks everything that the other contenders make. */
export const benchLabel = "serf.bench";

export const subnet = planSubnet("172.31.244.0/24")!;
export const gossipPort = 18946;
export const rpcPort = 18373;

/** The tag that keeps the image while stacks come and go. */
export const keptImage = "serf-benchmark:kept";

/** The seconds that an agent has for leaving, the same for every contender. */
export const stopGrace = 10;

/** Milliseconds in which a cluster must have formed. */
export const formTimeout = 300_000;

/** Milliseconds in which a contender's command must have ended. */
export const commandTimeout = 600_000;
