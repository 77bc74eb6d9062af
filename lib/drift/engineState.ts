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

/** The state of the configurations and keys that the members share. */
export interface ClusterState {
  readonly generation: string;
  /** The generation to use if a caller with more information finds a fault. */
  readonly fresh: string;
  /** The gossip keys in use, as far as they could be read. */
  readonly keys: readonly string[];
  /** The files in the configuration volume; undefined if they could not be read. */
  readonly files: ReadonlyMap<string, string> | undefined;
}

/** What was found on the engine and in the cluster. */
export interface Look {
  readonly inventory: Inventory;
  /** Default: no agent is running. */
  readonly observation?: Observation;
  /** Whether the members of a Swarm's services see each other. Default: the members are not services, or are new. */
  readonly hasFormed?: boolean;
}

/**
 * Decides what has to be recreated, by means of generations.
 *
 * A generation is a counter that is declared with a resource and stored in a label of the object on the engine. The
 * state holds the last declared generation. If the object is missing, edited or not running, it is declared with
 * the next generation; a preview then shows that it will be recreated, and the next `up` recreates it. If the
 * engine is not inspected, everything keeps its recorded generation. Generations depend only on the state and on
 * what was found on the engine: with a random value or a time, a saved plan could not be applied.
 *
 * One inspection of the engine replaces a refresh by Pulumi, which reads each resource separately and takes two
 * seconds for a network alone.
 */
export class EngineState {
  readonly #recorded: RecordedState;
  readonly #inventory: Inventory | undefined;
  readonly #observation: Observation;
  readonly #hasFormed: boolean;

  /** @param look default: the engine was not inspected, and only the state counts. */
  constructor(recorded: RecordedState, look?: Look) {
    this.#recorded = recorded;
    this.#inventory = look?.inventory;
    this.#observation = look?.observation ?? nothingObserved;
    this.#hasFormed = look?.hasFormed ?? true;
  }

  /** Whether the engine was not inspected. */
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

  /** Whether the container with this name is running; offline, whether it is recorded. */
  runs(name: string): boolean {
    if (this.isOffline) return this.#recorded.containers.has(name);
    return this.#container(name)?.isRunning ?? false;
  }

  /** Whether a running member has to be replaced, because its spec differs or its container has drifted. */
  isReplaced(name: string, spec: string): boolean {
    const labels = this.runs(name) ? this.#container(name)?.labels : undefined;
    if (labels === undefined) return false;
    return labels[specLabel] !== spec || labels[generationLabel] !== this.ofContainer(name);
  }

  /** `host:port` of the seed's gossip port as of the last deployment. */
  get recordedEndpoint(): string | undefined {
    return this.#recorded.endpoint;
  }

  /** The generation of the stack's claim on the kernel's neighbour table. */
  get ofNeighbourTable(): string {
    const { neighbourTable } = this.#recorded;
    return this.#generation(neighbourTable, () => asLabels(this.#observation.table));
  }

  /** The generation of the process limits, which can be changed while a container runs. */
  get ofProcessLimits(): string {
    const { processLimits } = this.#recorded;
    const edits = [...this.#observation.drifted.values()].flat();
    const isGood = recreationReasons(edits).length === edits.length;
    return this.#generation(processLimits, () => (isGood ? asLabels(processLimits) : undefined));
  }

  /** The generation of the cluster of a Swarm's services. */
  get ofFormation(): string {
    const generation = this.#recorded.formation?.generation;
    return this.#generation(generation, () => (this.#hasFormed ? asLabels(generation) : undefined));
  }

  /** The generation of the host's agent as a process. */
  get ofHostProcess(): string {
    const { host } = this.#observation;
    const isGood = host?.faults.length === 0;
    return this.#generation(this.#recorded.hostProcess, () =>
      isGood ? asLabels(host.generation) : undefined,
    );
  }

  /** The state of what the members share. Members that will be recreated need not be alive. */
  ofCluster(expected: readonly ExpectedMember[]): ClusterState {
    const { cluster, tags } = this.#recorded;
    const { host } = this.#observation;
    const isThere = ({ name }: ExpectedMember) =>
      name === host?.name
        ? host.generation === this.ofHostProcess
        : this.runs(name) &&
          this.#container(name)?.labels[generationLabel] === this.ofContainer(name);
    // Members that were removed from the configuration leave in this deployment, so they are not unexpected.
    const known = [...expected, ...agentsThatRun(this.#inventory?.containers ?? [])];
    // If only the desired tags differ, nothing is wrong with the cluster.
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

  /** Undefined for a volume without a generation, which was not created by this project and is used as it is. */
  ofVolume(name: string): string | undefined {
    const recorded = this.#recorded.volumes.get(name);
    if (this.isOffline) return recorded === "" ? undefined : (recorded ?? first);
    if (this.#inventory?.foreign.volumes.includes(name)) return undefined;
    const found = this.#inventory?.volumes.find((one) => one.name === name);
    // A volume left by an earlier stack keeps its label, whatever generation is declared.
    if (recorded === undefined) return found === undefined ? first : found.labels[generationLabel];
    return this.#generation(recorded, () => found?.labels);
  }

  #container(name: string): FoundContainer | undefined {
    return this.#inventory?.containers.find((found) => found.name === name);
  }

  /** @param look returns the labels of the object if it exists and has no fault. */
  #generation(recorded: string | undefined, look: () => FoundLabels | undefined): string {
    if (recorded === undefined) return first;
    if (this.isOffline || look()?.[generationLabel] === recorded) return recorded || first;
    return next(recorded);
  }
}

/** The differences that only recreating the container can undo. */
export function recreationReasons(edits: readonly Edit[] = []): Edit[] {
  return edits.filter(({ what }) => what !== "processes");
}

/** The generation of an object that is created for the first time. */
const first = "1";

function next(recorded: string | undefined): string {
  return recorded === undefined ? first : String(Number(recorded) + 1);
}

function asLabels(generation: string | undefined): FoundLabels | undefined {
  return generation === undefined ? undefined : { [generationLabel]: generation };
}
