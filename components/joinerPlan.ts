import type { Profile } from "./agentConfig.ts";
import { type ContainerLimits, containerSpec, type VolumeNames } from "./agentContainer.ts";
import { assignAddresses } from "./addresses.ts";
import type { JoinerGroup } from "./groups.ts";
import { addressLabel, agentLabels, generationLabel, type Labels, specLabel } from "./labels.ts";
import { compareNames } from "./members.ts";
import { joinerName } from "./names.ts";
import type { FoundContainer, Standing } from "./standing.ts";
import type { SubnetPlan } from "./subnet.ts";

/** A joiner as it is declared. */
export interface DeclaredJoiner {
  /** The container's and the member's name. */
  readonly name: string;
  /** The address on the cluster's network. */
  readonly address: string;
  /** The name of its group. */
  readonly group: string;
  /** A new one asks for a new container; see `standing.ts`. */
  readonly generation: string;
}

/** The joiners that a stack should have, group by group, each in index order. */
export function declareJoiners(
  groups: readonly JoinerGroup[],
  prefix: string,
  subnet: SubnetPlan,
  standing: Standing,
): DeclaredJoiner[] {
  const joiners = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, position) => ({
      name: joinerName(prefix, group.name, position + 1),
      group: group.name,
    })),
  );
  const addresses = assignAddresses(
    joiners.map(({ name }) => name),
    subnet,
    standing.joinerAddresses,
  );
  return joiners.map(({ name, group }) => ({
    name,
    address: addresses.get(name)!,
    group,
    generation: standing.ofContainer(name),
  }));
}

/** What carries a generation, told from an earlier one of the same name. */
export interface Identity {
  readonly name: string;
  /** See `standing.ts`. */
  readonly generation: string;
}

/** What all joiners of a stack are made from. */
export interface JoinerTemplate {
  /** The images' names with their tags, by the names of the groups. */
  readonly images: Readonly<Record<string, string>>;
  readonly network: Identity;
  readonly volumes: VolumeNames;
  readonly limits: ContainerLimits;
  readonly profile: Profile;
  readonly labels: Labels;
}

/** A joiner with everything that its container is made from. */
export interface JoinerSpec extends DeclaredJoiner {
  readonly image: string;
  /** A hash over what the container is made from. */
  readonly spec: string;
}

/** The labels of a joiner's container. */
export function joinerLabels(labels: Labels, joiner: JoinerSpec): Record<string, string> {
  const marks = { ...joiner, role: "joiner" } as const;
  return { ...agentLabels(labels, marks), [addressLabel]: joiner.address };
}

/** Everything that the joiners' containers are made from. */
export function joinerSpecs(
  fleet: JoinerTemplate & { readonly joiners: readonly DeclaredJoiner[] },
): JoinerSpec[] {
  const { images, network, volumes, limits, profile } = fleet;
  return fleet.joiners.map((joiner) => {
    const image = images[joiner.group]!;
    const place = { network: network.name, volumes, limits, profile };
    const spec = containerSpec({ ...joiner, ...place, image });
    return { ...joiner, image, spec };
  });
}

/**
 * The joiners, each with the generation that asks for what has to be done. One whose container was made
 * from something else gets a new one: that may be what a change has left that was given up half way,
 * and the joiners as they were before are to be made again then.
 *
 * @param fresh the new generation.
 */
export function withGenerations(
  wanted: readonly JoinerSpec[],
  found: readonly FoundContainer[],
  fresh: string,
): DeclaredJoiner[] {
  const specs = new Map(found.map(({ name, labels }) => [name, labels[specLabel]]));
  return wanted.map(({ name, address, group, generation, spec }) => ({
    name,
    address,
    group,
    generation: specs.get(name) === spec ? generation : fresh,
  }));
}

/** What leads from the joiners that are there to those that should be. */
export interface JoinerPlan {
  /** Containers to be stopped and removed, before others take their names and addresses. */
  readonly remove: readonly FoundContainer[];
  /** Joiners to be made. */
  readonly create: readonly JoinerSpec[];
}

/**
 * Compares the joiners that should be with the containers that are there. One that runs, was made
 * from the same and is of the same generation stays as it is.
 */
export function planJoiners(
  wanted: readonly JoinerSpec[],
  found: readonly FoundContainer[],
): JoinerPlan {
  const specs = new Map(wanted.map((joiner) => [joiner.name, joiner]));
  const isGood = ({ name, isRunning, labels }: FoundContainer) => {
    const joiner = specs.get(name);
    return (
      isRunning &&
      joiner?.spec === labels[specLabel] &&
      joiner?.generation === labels[generationLabel]
    );
  };
  const good = new Set(found.filter(isGood).map(({ name }) => name));
  return {
    remove: found.filter(({ name }) => !good.has(name)),
    create: wanted.filter(({ name }) => !good.has(name)),
  };
}

/** Says what a plan does to whom, for a person to read; undefined when it does nothing. */
export function describePlan({ remove, create }: JoinerPlan): string | undefined {
  const removed = new Set(remove.map(({ name }) => name));
  const created = new Set(create.map(({ name }) => name));
  const parts = [
    describe("to make", [...created.difference(removed)]),
    describe("to make anew", [...created.intersection(removed)]),
    describe("to remove", [...removed.difference(created)]),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** More names than these are not read. */
const mostNames = 8;

function describe(what: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const shown = [...names].sort(compareNames).slice(0, mostNames);
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : "";
  return `${names.length} ${what}: ${shown.join(", ")}${more}`;
}
