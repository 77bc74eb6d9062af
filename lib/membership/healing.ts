/** What lets members find each other that would take long to do so by themselves. */
import { ask, type View } from "./views.ts";

/** Milliseconds between two attempts: long enough for the agents' own, which they make once a second. */
export const healInterval = 3000;

/** Milliseconds in which 1000 members are synchronized. */
const synchronization = 20_000;

/** How many are joined at once. */
const few = 3;

/**
 * Lets an agent join some that it should see and does not. A seed that was replaced knows nobody, and the
 * others, who saw it leave, do not look for it. One member that answers is enough: it tells the seed of
 * all others. And who has seen a member fail believes in its successor only when that one has heard
 * of it, which may take half a minute, or a join from here.
 *
 * @param addresses `host:port` of those that it does not see; that none of them answers is no error.
 */
export async function joinFew(view: View, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  const some = addresses.slice(0, few);
  await ask(view, (agent) => agent.join(some, 5000), 5000).catch(() => undefined);
}

/**
 * Lets the seed exchange its whole state with every member. Gossip alone may take half a minute
 * until a member that nobody here looks from has heard of every other: it may have joined just
 * after another's coming was announced, and know of that one's earlier leaving only.
 *
 * @param addresses `host:port` of all others.
 * @param time milliseconds, at most. Default: in which 1000 members are synchronized.
 * @returns whether it was done, or is under way: over a bad network the seed goes on by itself.
 */
export async function synchronize(
  seed: View,
  addresses: readonly string[],
  time = synchronization,
): Promise<boolean> {
  if (addresses.length === 0) return true;
  // The first round collects what the second one spreads.
  const rounds = [...addresses, ...addresses];
  const limit = Date.now() + Math.min(time, synchronization);
  const joined = await ask(seed, (agent) => agent.join(rounds, limit - Date.now())).catch(() => 0);
  return joined > 0 || Date.now() >= limit;
}
