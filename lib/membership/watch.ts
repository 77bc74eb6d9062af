/** Watches a cluster while its members are replaced. */
import { gossipEndpoint } from "../agents/config.ts";
import { livingAgent } from "../agents/process.ts";
import { type Labels, roleLabel } from "../cluster/labels.ts";
import type { FoundContainer } from "../engine/found.ts";
import { listContainers } from "../engine/inventory.ts";
import { type NamedEngine, onEach } from "../engine/scope.ts";
import { pause } from "../host/run.ts";
import { byName } from "./judge.ts";
import { healInterval, joinFew } from "./healing.ts";
import { downMembers, type Look, type PresentMember, type Rolling } from "./rollout.ts";
import { closeViews, membersSeenBy, type View } from "./views.ts";

/** The members and views of a cluster at one moment. */
export interface Scene {
  readonly present: readonly PresentMember[];
  readonly looks: readonly Look[];
}

/** Milliseconds between two checks. */
const pollInterval = 200;

/** Milliseconds until an agent must answer. */
const viewTimeout = 5000;

/** How many joiners are asked, in addition to the new ones. */
const witnesses = 2;

/** How many new members are asked at most; asking a hundred takes longer than they need to join. */
const mostNew = 8;

/**
 * Checks a cluster repeatedly until `decide` is satisfied, and helps members that have lost each other.
 *
 * @param also new members, which are asked in addition to the seed, the host's agent and a few joiners.
 * @param decide gets the result of each check; its first result that is not undefined ends the wait.
 * @returns that result; undefined if there is none within the timeout.
 */
export async function watch<T>(
  rolling: Rolling,
  also: readonly string[],
  decide: (scene: Scene) => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const started = Date.now();
  const deadline = started + rolling.timeout * 1000;
  let heal = started + healInterval;
  try {
    for (;;) {
      const present = await presentMembers(rolling);
      const views = viewsOf(present, rolling, also);
      const looks = await Promise.all(views.map(look));
      const decision = await decide({ present, looks });
      if (decision !== undefined) return decision;
      const now = Date.now();
      if (now > deadline) return undefined;
      if (now > heal) {
        heal = now + healInterval;
        await Promise.all(
          views.map((view, index) => joinMissing(view, present, looks[index]!, rolling)),
        );
      }
      await pause(pollInterval);
    }
  } finally {
    // The next step checks other members: without this, connections to all members that were ever new would pile
    // up.
    await closeViews();
  }
}

async function presentMembers(rolling: Rolling): Promise<PresentMember[]> {
  const { labels, seed, host, engines = [] } = rolling;
  const containers = await memberContainers(labels, engines);
  const known = new Map(
    [seed, ...(host ? [host] : [])].map(({ name, address }) => [name, address]),
  );
  const present = containers.map(({ name, isRunning, address = "", engine }) => ({
    ...(engine && { engine }),
    name,
    isRunning,
    address: known.get(name) ?? address,
  }));
  if (host === undefined || livingAgent(host.dir) === undefined) return present;
  return [...present, { name: host.name, address: host.address, isRunning: true }];
}

async function memberContainers(
  labels: Labels,
  engines: readonly NamedEngine[],
): Promise<FoundContainer[]> {
  const containers = (await onEach(engines, () => listContainers({ ...labels }))).flat();
  const ranks: Readonly<Record<string, number>> = { seed: 0, joiner: 1, host: 2 };
  const rank = ({ labels: { [roleLabel]: role = "" } }: FoundContainer) => ranks[role] ?? -1;
  return containers.filter((found) => rank(found) >= 0).sort((a, b) => rank(a) - rank(b));
}

function viewsOf(
  present: readonly PresentMember[],
  { seed, host }: Rolling,
  also: readonly string[],
): View[] {
  const running = present.filter(({ isRunning }) => isRunning).map(({ name }) => name);
  const isJoiner = (name: string) => name !== seed.name && name !== host?.name;
  const asked = new Set([
    ...running.filter((name) => !isJoiner(name)),
    ...running.filter((name) => isJoiner(name) && !also.includes(name)).slice(0, witnesses),
    ...running.filter((name) => also.includes(name)).slice(0, mostNew),
  ]);
  const engines = new Map(present.map(({ name, engine }) => [name, engine]));
  return [...asked].map((name) => {
    const engine = engines.get(name);
    return name === host?.name ? host.view : { kind: "container", name, ...(engine && { engine }) };
  });
}

async function look(view: View): Promise<Look> {
  const members = await membersSeenBy(view, viewTimeout).catch(() => undefined);
  return { viewer: view.name, seen: members && byName(members) };
}

async function joinMissing(
  view: View,
  present: readonly PresentMember[],
  look: Look,
  { host }: Rolling,
): Promise<void> {
  if (look.seen === undefined) return;
  const running = present.filter(({ name, isRunning }) => isRunning && name !== view.name);
  const lost = downMembers(running, [look]).map(({ name, address }) =>
    gossipEndpoint({ address, ...(name === host?.name && { port: host.port }) }),
  );
  await joinFew(view, lost);
}
