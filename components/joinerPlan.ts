import { createHash } from "node:crypto";
import { agentConfig, imageEventHandlers } from "./agentConfig.ts";
import { generationLabel, type Labels, specLabel } from "./labels.ts";
import { compareNames } from "./members.ts";
import { joinerName } from "./names.ts";
import type { FoundContainer, Standing } from "./standing.ts";
import { joinerAddress, type SubnetPlan } from "./subnet.ts";

/** A joiner as it is declared. */
export interface DeclaredJoiner {
  /** The container's and the member's name. */
  readonly name: string;
  /** The address on the cluster's network. */
  readonly address: string;
  /** A new one asks for a new container; see `standing.ts`. */
  readonly generation: string;
}

/** The joiners that a stack should have, in index order. */
export function declareJoiners(
  count: number,
  prefix: string,
  subnet: SubnetPlan,
  standing: Standing,
): DeclaredJoiner[] {
  return Array.from({ length: count }, (_, position) => {
    const name = joinerName(prefix, position + 1);
    return {
      name,
      address: joinerAddress(subnet, position + 1),
      generation: standing.ofContainer(name),
    };
  });
}

/** A network, told from an earlier one of the same name. */
export interface NetworkIdentity {
  readonly name: string;
  /** See `standing.ts`. */
  readonly generation: string;
}

/** What all joiners of a stack are made from. */
export interface JoinerTemplate {
  readonly image: string;
  readonly network: NetworkIdentity;
  readonly labels: Labels;
  /** Addresses to join. */
  readonly join: readonly string[];
  /** All tags of the members. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A joiner with everything that its container is made from. */
export interface JoinerSpec extends DeclaredJoiner {
  /** The agent's configuration file. */
  readonly config: string;
  /** A hash over what the container is made from. */
  readonly spec: string;
}

/** Everything that the joiners' containers are made from. */
export function joinerSpecs(
  fleet: JoinerTemplate & { readonly joiners: readonly DeclaredJoiner[] },
): JoinerSpec[] {
  return fleet.joiners.map((joiner) => joinerSpec(fleet, joiner));
}

function joinerSpec(template: JoinerTemplate, joiner: DeclaredJoiner): JoinerSpec {
  const { image, network, join, tags } = template;
  const config = agentConfig({ ...joiner, tags }, join, { eventHandlers: imageEventHandlers });
  const hash = createHash("sha256").update(JSON.stringify([image, network.name, config]));
  return { ...joiner, config, spec: hash.digest("hex").slice(0, 12) };
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
