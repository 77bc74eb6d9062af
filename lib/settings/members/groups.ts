import type { ImageChoice } from "../../cluster/image.ts";
import { joinerName } from "../../cluster/names.ts";
import { parseNodeLabels } from "./nodeLabels.ts";
import { isMap, maxTagBytes, parseTags, tagBytes } from "./tags.ts";

/** A group of joiners with the same configuration. */
export interface JoinerGroup {
  /** Also the value of the tag `role` of its members, and part of their names. */
  readonly name: string;
  /** The number of joiners. */
  readonly count: number;
  /** Additional tags of its members, without `role`. Default: none. */
  readonly tags: Readonly<Record<string, string>>;
  /** The settings of its image that differ from the stack's. Default: none. */
  readonly image: Partial<ImageChoice>;
  /** The labels that a node of a Swarm must have to run its members. Default: none. */
  readonly on: Readonly<Record<string, string>>;
}

/** The name of the group whose size is the setting `joiners`. */
export const plainGroup = "joiner";

/** The most joiners of a stack: a Linux bridge has 1024 ports. */
export const maxJoiners = 1000;

/** The names that are reserved for other members. */
const takenNames = ["seed", "host"];

const allowedNames =
  `lower-case letters, digits and dashes, beginning with a letter, at most 16 characters, and not ` +
  takenNames.join(" or ");

const allowedGroups =
  'a map from names to groups, for example {"web": {"count": 2, "tags": {"rack": "a7"}}}';

/**
 * Reads the setting `groups`.
 *
 * @param value as configured: `{ NAME: { count, tags, on, serfVersion, builderImage, runtimeImage } }` or, for
 *   short, `{ NAME: count }`.
 * @param readImage reads the settings of a group's image, and reports their faults itself.
 * @param report receives each fault as a sentence that begins with the setting.
 */
export function parseGroups(
  value: unknown,
  readImage: (values: Readonly<Record<string, unknown>>, setting: string) => Partial<ImageChoice>,
  report: (fault: string) => void,
): JoinerGroup[] {
  if (!isMap(value)) {
    report(`groups is ${JSON.stringify(value)}, allowed is ${allowedGroups}`);
    return [];
  }
  return Object.entries(value).map(([name, group]) => {
    const setting = `groups.${name}`;
    const fault = (what: string, found: unknown, allowed: string) =>
      report(
        `${setting}${what} is ${found === undefined ? "not set" : JSON.stringify(found)}, allowed is ${allowed}`,
      );
    if (!/^[a-z][a-z0-9-]{0,15}$/.test(name) || takenNames.includes(name)) {
      report(`groups has the name ${JSON.stringify(name)}, allowed are ${allowedNames}`);
    }
    const values = isMap(group) ? group : { count: group };
    const { count, tags = {}, on = {}, ...image } = values;
    const isCount = Number.isInteger(count) && Number(count) >= 0 && Number(count) <= maxJoiners;
    if (!isCount) fault(".count", count, `a whole number from 0 to ${maxJoiners}`);
    return {
      name,
      count: isCount ? Number(count) : 0,
      tags: parseTags(tags, `${setting}.tags`, report),
      image: readImage(image, setting),
      on: parseNodeLabels(on, `${setting}.on`, report),
    };
  });
}

/** The names of all joiners, group by group, each group in index order. */
export function joinerNames(groups: readonly JoinerGroup[], prefix: string): string[] {
  return groups.flatMap(({ name, count }) =>
    Array.from({ length: count }, (_, position) => joinerName(prefix, name, position + 1)),
  );
}

/**
 * The number of agents: the seed, the joiners and the host. The host always counts, since it has an address on the
 * bridge even without an agent.
 */
export function agentsOnHost(groups: readonly JoinerGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 2);
}

/** All tags of a group's members. */
export function groupTags(
  common: Readonly<Record<string, string>>,
  group: JoinerGroup,
): Record<string, string> {
  return { ...common, ...group.tags, role: group.name };
}

/** The faults of tags that are longer, including the role, than Serf allows. */
export function tagFaults(
  common: Readonly<Record<string, string>>,
  groups: readonly JoinerGroup[],
): string[] {
  const fault = (what: string, tags: Readonly<Record<string, string>>) => {
    const bytes = tagBytes(tags);
    return bytes <= maxTagBytes
      ? []
      : [
          `${what} ${bytes} bytes in Serf's encoding, with role=${tags["role"]!}, allowed are ${maxTagBytes}; ` +
            "shorten them",
        ];
  };
  const plain = fault("tags take", { ...common, role: "seed" });
  if (plain.length > 0) return plain;
  return groups
    .filter(({ count }) => count > 0)
    .flatMap((group) => {
      const what =
        group.name === plainGroup
          ? "tags take"
          : `groups.${group.name}.tags and tags take together`;
      return fault(what, groupTags(common, group));
    });
}
