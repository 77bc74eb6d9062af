import { addressLabel, generationLabel, roleLabel } from "./labels.ts";

/** What carries a stack's labels on an engine, and every network there is. */
export interface Inventory {
  readonly containers: readonly FoundContainer[];
  /** The names of all other containers of the engine. */
  readonly foreignNames: readonly string[];
  /** Also those of others. */
  readonly networks: readonly FoundNetwork[];
  readonly images: readonly FoundImage[];
  readonly volumes: readonly FoundVolume[];
}

type FoundLabels = Readonly<Record<string, string>>;

export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  readonly labels: FoundLabels;
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
 * What is gone, or a container that does not run, gets a new one, and so a preview shows that it is
 * to be made anew, and the next `up` does it. This is one look at the engine, where a refresh by Pulumi
 * reads each resource by itself and takes two seconds for a network alone.
 */
export class Standing {
  readonly #inventory: Inventory;
  /** The generation of what does not stand; new in each deployment. */
  readonly fresh: string;

  constructor(inventory: Inventory, fresh: string) {
    this.#inventory = inventory;
    this.fresh = fresh;
  }

  ofContainer(name: string): string {
    return this.#read(this.#running(name));
  }

  /** Whether the container with this name runs. */
  runs(name: string): boolean {
    return this.#running(name) !== undefined;
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

  ofVolume(name: string): string {
    return this.#read(this.#inventory.volumes.find((found) => found.name === name));
  }

  #running(name: string): FoundContainer | undefined {
    return this.#inventory.containers.find((found) => found.name === name && found.isRunning);
  }

  #read(found: { readonly labels: FoundLabels } | undefined): string {
    return found?.labels[generationLabel] ?? this.fresh;
  }
}
