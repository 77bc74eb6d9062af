import { addressLabel, agentRoles, generationLabel, roleLabel } from "./labels.ts";
import type { ExpectedMember } from "./members.ts";
import { blank, intactGeneration, type Sight } from "./sight.ts";

/** What carries a stack's labels on an engine, and every network there is. */
export interface Inventory {
  readonly containers: readonly FoundContainer[];
  readonly foreign: ForeignNames;
  /** Also those of others. */
  readonly networks: readonly FoundNetwork[];
  readonly images: readonly FoundImage[];
  readonly volumes: readonly FoundVolume[];
}

/** The names of what the engine has beside it. */
interface ForeignNames {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  /** With tags. */
  readonly images: readonly string[];
}

/** How what the members share stands. */
export interface ClusterStanding {
  readonly generation: string;
  /** The generation for what is found not to stand by whoever knows more. */
  readonly fresh: string;
  /** The keys of the gossip that are in use, as far as they could be seen. */
  readonly keys: readonly string[];
  /** The files in the volume with configurations; undefined where they could not be seen. */
  readonly files: ReadonlyMap<string, string> | undefined;
}

type FoundLabels = Readonly<Record<string, string>>;

export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  /** In the engine's word, for example `exited`. */
  readonly state?: string;
  readonly labels: FoundLabels;
  /** The IDs of those that it is in. Default: they do not matter. */
  readonly networks?: readonly string[];
  /** The host's places that are published, as `address:port/protocol`. */
  readonly published: readonly string[];
}

export interface FoundNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: FoundLabels;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
}

export interface FoundImage {
  readonly id: string;
  /** Names with tags. */
  readonly names: readonly string[];
  readonly labels: FoundLabels;
}

export interface FoundVolume {
  readonly name: string;
  readonly labels: FoundLabels;
}

/**
 * What of a stack stands on its engine, told by generations.
 *
 * A generation is a text that is declared with a thing, carried by it as a label and read back here.
 * What is gone or edited, or a container that does not run, gets a new one, and so a preview shows that it
 * is to be made anew, and the next `up` does it. This is one look at the engine, where a refresh by Pulumi
 * reads each resource by itself and takes two seconds for a network alone.
 */
export class Standing {
  readonly #inventory: Inventory;
  readonly #sight: Sight;
  /** The generation of what does not stand; new in each deployment. */
  readonly fresh: string;

  /** @param sight what was seen of the cluster. Default: nothing runs. */
  constructor(inventory: Inventory, fresh: string, sight: Sight = blank) {
    this.#inventory = inventory;
    this.#sight = sight;
    this.fresh = fresh;
  }

  ofContainer(name: string): string {
    return this.#read(this.#sight.spoilt.has(name) ? undefined : this.#running(name));
  }

  /** Whether the container with this name runs. */
  runs(name: string): boolean {
    return this.#running(name) !== undefined;
  }

  /** `host:port` of the seed's gossip port; undefined where it is to be looked up. */
  get endpoint(): string | undefined {
    return this.#sight.endpoint;
  }

  /** Of the stack's claim on the kernel's neighbour table. */
  get ofNeighbourTable(): string {
    return this.#sight.table ?? this.fresh;
  }

  /** Of the host's agent, where it is a process. */
  get ofHostProcess(): string {
    const { host } = this.#sight;
    return host?.faults.length === 0 ? host.generation : this.fresh;
  }

  /** Of what the members share. Who is to be made anew is not missed. */
  ofCluster(expected: readonly ExpectedMember[]): ClusterStanding {
    const { fresh } = this;
    const { host } = this.#sight;
    const isThere = ({ name }: ExpectedMember) =>
      name === host?.name ? host.faults.length === 0 : this.ofContainer(name) !== fresh;
    return {
      generation: intactGeneration(this.#sight, expected, isThere) ?? fresh,
      fresh,
      keys: this.#sight.keys,
      files: this.#sight.files,
    };
  }

  /** The containers of joiners, also those that do not run. */
  get joiners(): readonly FoundContainer[] {
    return this.#inventory.containers.filter(({ labels }) => labels[roleLabel] === "joiner");
  }

  /** The joiners' addresses by their names. */
  get joinerAddresses(): ReadonlyMap<string, string> {
    return new Map(this.joiners.map(({ name, labels }) => [name, labels[addressLabel] ?? ""]));
  }

  /** A network with another subnet than the declared one will not stand for long. */
  ofNetwork(name: string, cidr: string): string {
    return this.#read(
      this.#inventory.networks.find(
        (found) => found.name === name && found.subnets.join() === cidr,
      ),
    );
  }

  ofImage(name: string): string {
    return this.#read(this.#inventory.images.find((found) => found.names.includes(name)));
  }

  /** Undefined for one that carries none: it was not made here, and is used as it is. */
  ofVolume(name: string): string | undefined {
    const { volumes, foreign } = this.#inventory;
    if (foreign.volumes.includes(name)) return undefined;
    const found = volumes.find((one) => one.name === name);
    return found === undefined ? this.fresh : found.labels[generationLabel];
  }

  #running(name: string): FoundContainer | undefined {
    return this.#inventory.containers.find((found) => found.name === name && found.isRunning);
  }

  #read(found: { readonly labels: FoundLabels } | undefined): string {
    return found?.labels[generationLabel] ?? this.fresh;
  }
}

/** The containers with agents that run, the seed's first. */
export function agentsThatRun(containers: readonly FoundContainer[]): FoundContainer[] {
  const rank = ({ labels }: FoundContainer) =>
    agentRoles.findIndex((role) => role === labels[roleLabel]);
  return containers
    .filter((found) => found.isRunning && rank(found) >= 0)
    .sort((a, b) => rank(a) - rank(b));
}
