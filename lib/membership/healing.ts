/** Helps members to find each other when they would take long to do so by themselves. */
import { ask, type View } from "./views.ts";

/** Milliseconds between two attempts. The agents try by themselves once a second and get a chance first. */
export const healInterval = 3000;

/** Milliseconds in which 1000 members can be synchronized. */
const synchronization = 20_000;

/** How many members are joined at once. */
const few = 3;

/**
 * Makes an agent join a few members that it should see but does not. A replaced seed knows no members, and the
 * others, which saw it leave, do not look for it. One member that answers is enough, since it tells the seed about
 * all others. And a member that has seen another fail accepts its replacement only after the replacement has heard
 * of that failure, which takes up to half a minute without a join.
 *
 * @param addresses `host:port` of the missing members. It is no error if none of them answers.
 */
export async function joinFew(view: View, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  const some = addresses.slice(0, few);
  await ask(view, (agent) => agent.join(some, 5000), 5000).catch(() => undefined);
}

/**
 * Makes the seed exchange its full state with every member. With gossip alone it can take half a minute until a
 * member whose view is not checked has heard of all others: it may have joined just after another member's return
 * was announced, and know only of that member's earlier departure.
 *
 * @param addresses `host:port` of all other members.
 * @param time the most milliseconds to take. Default: enough for 1000 members.
 * @returns whether it is done, or has used up the time: on a bad network the seed continues by itself.
 */
export async function synchronize(
  seed: View,
  addresses: readonly string[],
  time = synchronization,
): Promise<boolean> {
  if (addresses.length === 0) return true;
  // The first round collects state, and the second one distributes it.
  const rounds = [...addresses, ...addresses];
  const limit = Date.now() + Math.min(time, synchronization);
  const joined = await ask(seed, (agent) => agent.join(rounds, limit - Date.now())).catch(() => 0);
  return joined > 0 || Date.now() >= limit;
}
