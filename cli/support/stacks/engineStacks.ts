/** Groups what an engine has by stack. */
import {
  agentRoles,
  type Labels,
  ownerLabel,
  projectLabel,
  roleLabel,
  stackLabel,
  ttlLabel,
} from "../../../lib/cluster/labels.ts";
import { namesOf, project } from "../../../lib/cluster/names.ts";
import type {
  FoundContainer,
  FoundLabels,
  FoundNetwork,
  FoundVolume,
} from "../../../lib/engine/found.ts";
import { ttlSeconds } from "../../../lib/settings/ttl.ts";

/** A stack on an engine. */
export interface EngineStack {
  readonly name: string;
  /** Its members, and how many of them are running. */
  readonly members: number;
  readonly running: number;
  /** When it was created, in milliseconds of the engine's clock; undefined if that does not show. */
  readonly created: number | undefined;
  readonly owner: string | undefined;
  readonly ttl: string | undefined;
  /** The IDs of its containers and networks, by which a state can be recognized. */
  readonly ids: ReadonlySet<string>;
}

/** Everything on an engine. */
export interface EngineContent {
  readonly containers: readonly FoundContainer[];
  readonly networks: readonly FoundNetwork[];
  readonly volumes: readonly FoundVolume[];
  /** The labels of the leases in its Swarm. */
  readonly swarmLeases: readonly FoundLabels[];
}

/** The project's stacks by name. One of which only the data or an image is left is none. */
export function stacksIn(content: EngineContent): EngineStack[] {
  const { containers, networks, volumes, swarmLeases } = content;
  const members = containers.filter(({ labels }) =>
    agentRoles.some((role) => role === labels[roleLabel]),
  );
  const leases = [
    ...volumes.filter(
      ({ name, labels }) => name === namesOf(project, labels[stackLabel] ?? "").lease,
    ),
    ...swarmLeases.map((labels) => ({ labels })),
  ];
  const names = new Set([...members, ...networks, ...leases].flatMap(stackOf));
  return [...names].sort().map((name) => {
    const isOwn = ({ labels }: Labelled) => stackOf({ labels }).includes(name);
    const own = members.filter(isOwn);
    const things = [...own, ...networks.filter(isOwn)];
    const lease = leases.find(isOwn)?.labels;
    return {
      name,
      members: own.length,
      running: own.filter(({ isRunning }) => isRunning).length,
      created: things
        .flatMap(({ created }) => created ?? [])
        .reduce<number | undefined>((first, one) => Math.min(first ?? one, one), undefined),
      owner: lease?.[ownerLabel],
      ttl: lease?.[ttlLabel],
      ids: new Set(things.map(({ id }) => id)),
    };
  });
}

interface Labelled {
  readonly labels: FoundLabels & Partial<Labels>;
}

/** The name of the stack to which an object belongs, in a list; empty if it is none of this project. */
function stackOf({ labels }: Labelled): string[] {
  const { [projectLabel]: owner, [stackLabel]: stack } = labels;
  return owner === project && stack !== undefined ? [stack] : [];
}

/** The age of a stack in seconds; undefined if that does not show. */
export function ageOf({ created }: EngineStack, now: number): number | undefined {
  return created === undefined ? undefined : Math.max(0, Math.floor((now - created) / 1000));
}

/** Whether a stack has outlived its ttl. One without a ttl, or of unknown age, never has. */
export function hasEnded(stack: EngineStack, now: number): boolean {
  const seconds = ttlSeconds(stack.ttl ?? "");
  const age = ageOf(stack, now);
  return seconds !== undefined && age !== undefined && age >= seconds;
}
