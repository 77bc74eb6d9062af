/** Plans the services of a stack whose members are run by Swarm. */
import type { AgentConduct } from "../agents/config.ts";
import { type ImageChoice, imageChoice, type StandIns } from "../cluster/image.ts";
import type { agentRoles } from "../cluster/labels.ts";
import { groupTags, type JoinerGroup } from "../settings/members/groups.ts";
import { eventHandlers, type Handler } from "../settings/handlers/handlers.ts";
import type { Settings } from "../settings/types.ts";

/** A service, whose tasks are members of the cluster. */
export interface PlannedService {
  /** Its name on the engine, and the first part of its members' names. */
  readonly name: string;
  /** The group whose configuration its agents read: a group of joiners, `seed` or `host`. */
  readonly group: string;
  readonly role: (typeof agentRoles)[number];
  /** How many tasks it has; undefined for one on each node. */
  readonly replicas: number | undefined;
  readonly image: ImageChoice;
  readonly conduct: AgentConduct;
  /** The labels that a node must have to run its tasks. */
  readonly on: JoinerGroup["on"];
}

/** The handler by which the hosts' agents remove members whose place another task has taken. */
const pruning: Handler = {
  ...{ name: "prune", timeout: 60 },
  events: ["member-join", "member-failed", "member-leave"],
};

/** The name of a group's service. */
function serviceName(prefix: string, group: string): string {
  return `${prefix}-${group}`;
}

/**
 * Plans the services of the seed, of the hosts' agents and of each group of joiners.
 *
 * All join the tasks of two services. With the seed's alone, a seed that Swarm starts on another node, because its own
 * is lost, would find nobody to join, and the members that are started with it would form a second cluster.
 */
export function planServices(
  settings: Settings,
  prefix: string,
  standIns: StandIns,
): PlannedService[] {
  const { tags, handlers } = settings;
  const join = ["seed", "host"].map((group) => `tasks.${serviceName(prefix, group)}`);
  const conduct = (tags: AgentConduct["tags"], more: readonly Handler[] = []): AgentConduct => ({
    tags,
    eventHandlers: eventHandlers([...handlers, ...more]),
    join,
  });
  const own = (role: "seed" | "host") => ({
    ...{ name: serviceName(prefix, role), group: role, role },
    image: imageChoice(settings, standIns),
    on: {},
  });
  return [
    { ...own("seed"), replicas: 1, conduct: conduct({ ...tags, role: "seed" }) },
    { ...own("host"), replicas: undefined, conduct: conduct({ ...tags, role: "host" }, [pruning]) },
    ...settings.groups
      .filter(({ count }) => count > 0)
      .map((group): PlannedService => ({
        ...{ name: serviceName(prefix, group.name), group: group.name, role: "joiner" },
        replicas: group.count,
        image: imageChoice({ ...settings, ...group.image }, standIns),
        conduct: conduct(groupTags(tags, group)),
        on: group.on,
      })),
  ];
}
