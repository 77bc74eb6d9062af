import { generationLabel, specLabel } from "../cluster/labels.ts";
import type { ExpectedMember } from "../cluster/members.ts";
import type { Edit } from "../containers/facts.ts";
import {
  agentsThatRun,
  type FoundContainer,
  type FoundLabels,
  type Inventory,
} from "../engine/found.ts";
import { intactGeneration, nothingObserved, type Observation } from "./observation.ts";
import type { RecordedState } from "./recorded.ts";

/** How what the members share stands. */
export interface ClusterState {
  readonly generation: string;
  /** The generation for what is found not to stand by whoever knows more. */
  readonly fresh: string;
  /** The keys of the gossip that are in use, as far as they could be seen. */
  readonly keys: readonly string[];
  /** The files in the volume with configurations; undefined where they could not be seen. */
  readonly files: ReadonlyMap<string, string> | undefined;
}

/** What a look at the engine and the cluster has shown. */
export interface Look {
  readonly inventory: Inventory;
  /** Default: nothing runs. */
  readonly observation?: Observation;
}

/**
 * What of a stack stands, told by generations.
 *
 * A generation is a count that is declared with a thing and carried by it as a label. The state says which one
 * was declared last. What a look at the engine finds gone, edited or not running gets the next one, and so a
 * preview shows that it is to be recreated, and the next `up` does it. Without a look all stands as the state says.
 * The same state and the same look give the same generations, or a plan that was saved could not be kept.
 *
 * This is one look at the engine, where a refresh by Pulumi reads each resource by itself and takes two seconds
 * for a network alone.
 */
export class EngineState {
  readonly #recorded: RecordedState;
  readonly #inventory: Inventory | undefined;
  readonly #observation: Observation;

  /** @param look default: none was taken, and the state alone counts. */
  constructor(recorded: RecordedState, look?: Look) {
    this.#recorded = recorded;
    this.#inventory = look?.inventory;
    this.#observation = look?.observation ?? nothingObserved;
  }

  /** Whether no engine was looked at. */
  get isOffline(): boolean {
    return this.#inventory === undefined;
  }

  ofContainer(name: string): string {
    const isGood =
      this.runs(name) && recreationReasons(this.#observation.drifted.get(name)).length === 0;
    return this.#generation(this.#recorded.containers.get(name), () =>
      isGood ? this.#container(name)!.labels : undefined,
    );
  }

  /** Whether the container with this name runs; without a look, whether it is recorded. */
  runs(name: string): boolean {
    if (this.isOffline) return this.#recorded.containers.has(name);
    return this.#container(name)?.isRunning ?? false;
  }

  /** Whether a member is to be replaced that runs: its container was made from something else, or is spoilt. */
  isReplaced(name: string, spec: string): boolean {
    const labels = this.runs(name) ? this.#container(name)?.labels : undefined;
    if (labels === undefined) return false;
    return labels[specLabel] !== spec || labels[generationLabel] !== this.ofContainer(name);
  }

  /** `host:port` of the seed's gossip port as it was last; undefined where it is to be looked up. */
  get endpoint(): string | undefined {
    return this.isOffline ? this.#recorded.endpoint : undefined;
  }

  /** `host:port` of the seed's gossip port when it was declared last. */
  get recordedEndpoint(): string | undefined {
    return this.#recorded.endpoint;
  }

  /** Of the stack's claim on the kernel's neighbour table. */
  get ofNeighbourTable(): string {
    const { neighbourTable } = this.#recorded;
    return this.#generation(neighbourTable, () => asLabels(this.#observation.table));
  }

  /** Of the limits of processes, which a container that runs can be given again. */
  get ofProcessLimits(): string {
    const { processLimits } = this.#recorded;
    const edits = [...this.#observation.drifted.values()].flat();
    const isGood = recreationReasons(edits).length === edits.length;
    return this.#generation(processLimits, () => (isGood ? asLabels(processLimits) : undefined));
  }

  /** Of the host's agent, where it is a process. */
  get ofHostProcess(): string {
    const { host } = this.#observation;
    const isGood = host?.faults.length === 0;
    return this.#generation(this.#recorded.hostProcess, () =>
      isGood ? asLabels(host.generation) : undefined,
    );
  }

  /** Of what the members share. Who is to be recreated is not missed. */
  ofCluster(expected: readonly ExpectedMember[]): ClusterState {
    const { cluster, tags } = this.#recorded;
    const { host } = this.#observation;
    const isThere = ({ name }: ExpectedMember) =>
      name === host?.name
        ? host.generation === this.ofHostProcess
        : this.runs(name) &&
          this.#container(name)?.labels[generationLabel] === this.ofContainer(name);
    // Whoever is declared no longer leaves in this deployment, and is no stranger.
    const known = [...expected, ...agentsThatRun(this.#inventory?.containers ?? [])];
    // Tags that are to be others now are no reason to write everything again.
    const tagged = expected.map((one) => ({ ...one, tags: tags.get(one.name) ?? one.tags }));
    const intact = () => asLabels(intactGeneration(this.#observation, tagged, { isThere, known }));
    return {
      generation: this.#generation(cluster, intact),
      fresh: next(cluster),
      keys: this.#observation.keys,
      files: this.#observation.files,
    };
  }

  ofNetwork(name: string): string {
    return this.#generation(
      this.#recorded.networks.get(name),
      () => this.#inventory?.networks.find((found) => found.name === name)?.labels,
    );
  }

  ofImage(name: string): string {
    return this.#generation(
      this.#recorded.images.get(name),
      () => this.#inventory?.images.find((found) => found.names.includes(name))?.labels,
    );
  }

  /** Undefined for one that carries none: it was not made here, and is used as it is. */
  ofVolume(name: string): string | undefined {
    const recorded = this.#recorded.volumes.get(name);
    if (this.isOffline) return recorded === "" ? undefined : (recorded ?? first);
    if (this.#inventory?.foreign.volumes.includes(name)) return undefined;
    const found = this.#inventory?.volumes.find((one) => one.name === name);
    // One that a former stack has left keeps its label, whatever it is declared with.
    if (recorded === undefined) return found === undefined ? first : found.labels[generationLabel];
    return this.#generation(recorded, () => found?.labels);
  }

  #container(name: string): FoundContainer | undefined {
    return this.#inventory?.containers.find((found) => found.name === name);
  }

  /** @param look the labels of what is found and good. */
  #generation(recorded: string | undefined, look: () => FoundLabels | undefined): string {
    if (recorded === undefined) return first;
    if (this.isOffline || look()?.[generationLabel] === recorded) return recorded || first;
    return next(recorded);
  }
}

/** The edits that only a new container is without. */
export function recreationReasons(edits: readonly Edit[] = []): Edit[] {
  return edits.filter(({ what }) => what !== "processes");
}

/** The generation of what is made for the first time. */
const first = "1";

function next(recorded: string | undefined): string {
  return recorded === undefined ? first : String(Number(recorded) + 1);
}

function asLabels(generation: string | undefined): FoundLabels | undefined {
  return generation === undefined ? undefined : { [generationLabel]: generation };
}
