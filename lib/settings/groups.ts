import type { ImageChoice } from "../cluster/image.ts";
import { joinerName } from "../cluster/names.ts";
import { isMap, maxTagBytes, parseTags, tagBytes } from "./tags.ts";

/** Joiners that are alike. */
export interface JoinerGroup {
  /** Also the value of its members' tag `role`, and part of their names. */
  readonly name: string;
  /** How many joiners it has. */
  readonly count: number;
  /** Tags beside `role`, on top of those of every member. Default: none. */
  readonly tags: Readonly<Record<string, string>>;
  /** What its image is built from, where it differs from the stack's. Default: nothing. */
  readonly image: Partial<ImageChoice>;
}

/** The group that the setting `joiners` counts. */
export const plainGroup = "joiner";

/** The most joiners a stack may have: a Linux bridge has 1024 ports. */
export const maxJoiners = 1000;

/** The names that other members have. */
const takenNames = ["seed", "host"];

const allowedNames =
  `lower-case letters, digits and dashes, beginning with a letter, at most 16 characters, and not ` +
  takenNames.join(" or ");

const allowedGroups =
  'a map from names to groups, for example {"web": {"count": 2, "tags": {"rack": "a7"}}}';

/**
 * Reads the groups.
 *
 * @param value as configured, `{ NAME: { count, tags, serfVersion, builderImage, runtimeImage } }` or, for
 *   short, `{ NAME: count }`.
 * @param readImage reads what a group's image is built from, and reports faults by itself.
 * @param report takes a fault, as the rest of a sentence that begins with the setting.
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
    const { count, tags = {}, ...image } = values;
    const isCount = Number.isInteger(count) && Number(count) >= 0 && Number(count) <= maxJoiners;
    if (!isCount) fault(".count", count, `a whole number from 0 to ${maxJoiners}`);
    return {
      name,
      count: isCount ? Number(count) : 0,
      tags: parseTags(tags, `${setting}.tags`, report),
      image: readImage(image, setting),
    };
  });
}

/** The names of all joiners, group by group, each in index order. */
export function joinerNames(groups: readonly JoinerGroup[], prefix: string): string[] {
  return groups.flatMap(({ name, count }) =>
    Array.from({ length: count }, (_, position) => joinerName(prefix, name, position + 1)),
  );
}

/** The seed, the joiners and the host, which has an address on the bridge also where it has no agent. */
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

/** Says whose tags, the role among them, are more than Serf sends. */
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
            "make them shorter",
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
