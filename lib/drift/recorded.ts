/** What a stack's state says of it, as far as the program decides by it. */
import type { ImageBuilder, StandIns } from "../cluster/image.ts";
import { generationLabel } from "../cluster/labels.ts";
import type { Member } from "../cluster/members.ts";
import type { HostAgentPlace } from "../settings/types.ts";

/** The resources of a state by their URNs, as Pulumi gives them to a program. */
export type RecordedOutputs = Readonly<
  Record<string, { readonly type: string; readonly outputs: Readonly<Record<string, unknown>> }>
>;

/**
 * Generations by names on the engine; `lib/drift/engineState.ts` says what a generation is. Empty for what carries none: it was
 * imported, or was there before the stack.
 */
type Generations = ReadonlyMap<string, string>;

export interface RecordedState {
  /** The stack's name when it was brought up, which is in all names and labels; undefined where nothing is. */
  readonly stack: string | undefined;
  readonly containers: Generations;
  readonly networks: Generations;
  readonly volumes: Generations;
  /** By the images' names with their tags. */
  readonly images: Generations;
  /** The addresses on the cluster's network by the containers' names. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The members' tags by their names, as the last `up` left them. */
  readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Of what the members share: their configurations and keys. */
  readonly cluster: string | undefined;
  /** Of the limits of processes. */
  readonly processLimits: string | undefined;
  /** Of the host's agent, where it is a process. */
  readonly hostProcess: string | undefined;
  /** Of the stack's claim on the kernel's neighbour table. */
  readonly neighbourTable: string | undefined;
  /** `host:port` where the host reaches the seed. */
  readonly endpoint: string | undefined;
  /** Where the host's agent runs; undefined where it does not. */
  readonly hostAgentIn: HostAgentPlace | undefined;
  /** Who has built the image: the docker client, or Pulumi's provider. */
  readonly builder: ImageBuilder | undefined;
  /** The stand-ins for the base images, where the image was built on a host that reaches no registry. */
  readonly standIns: StandIns;
}

/** Reads a state; an empty one is that of a stack that is not there yet. */
export function recordedIn(outputs: RecordedOutputs): RecordedState {
  const resources = Object.values(outputs);
  const ofType = (type: string) =>
    resources.filter((one) => one.type === type).map((one) => one.outputs);
  const generations = (type: string): Generations =>
    new Map(ofType(type).flatMap((one) => pair(one["name"], generationOf(one) ?? "")));
  const component = (type: string, output: string) => {
    const value = ofType(`serf:cluster:${type}`)[0]?.[output];
    return typeof value === "string" ? value : undefined;
  };
  return {
    stack: resources.map(({ outputs }) => labelIn(outputs, "serf.stack")).find(Boolean),
    containers: generations("docker:index/container:Container"),
    networks: generations("docker:index/network:Network"),
    volumes: generations("docker:index/volume:Volume"),
    images: generations("docker:index/remoteImage:RemoteImage"),
    addresses: new Map(
      ofType("docker:index/container:Container").flatMap((one) =>
        pair(one["name"], addressOf(one)),
      ),
    ),
    tags: new Map(membersIn(ofType("serf:cluster:Convergence")[0])),
    cluster: component("Storage", "generation"),
    processLimits: component("ProcessLimits", "generation"),
    hostProcess: component("HostAgent", "generation"),
    neighbourTable: component("NeighbourTable", "generation"),
    endpoint: component("Seed", "endpoint"),
    hostAgentIn:
      ofType("serf:cluster:HostAgent").length > 0
        ? "process"
        : ofType("serf:cluster:HostContainer").length > 0
          ? "container"
          : undefined,
    builder: component("SerfImage", "builder") as ImageBuilder | undefined,
    standIns: {
      builderImage: component("SerfImage", "standInBuilder"),
      runtimeImage: component("SerfImage", "standInRuntime"),
    },
  };
}

function membersIn(convergence: Outputs = {}): [string, Record<string, string>][] {
  const members = convergence["members"] as readonly Partial<Member>[] | undefined;
  return (members ?? []).map(({ name = "", tags = {} }) => [name, tags]);
}

function pair(name: unknown, value: string | undefined): [string, string][] {
  return typeof name === "string" && value !== undefined ? [[name, value]] : [];
}

type Outputs = Readonly<Record<string, unknown>>;

/** An image that the docker client has built has no labels of its own in the state. */
function generationOf(outputs: Outputs): string | undefined {
  const { build, triggers } = outputs;
  const label = (build as { label?: Record<string, string> } | undefined)?.label;
  return (
    labelIn(outputs, generationLabel) ??
    label?.[generationLabel] ??
    (triggers as { built?: string } | undefined)?.built
  );
}

function labelIn({ labels }: Outputs, wanted: string): string | undefined {
  const list = Array.isArray(labels) ? (labels as { label?: string; value?: string }[]) : [];
  return list.find(({ label }) => label === wanted)?.value;
}

function addressOf({ networksAdvanced }: Outputs): string | undefined {
  const networks = networksAdvanced as readonly { ipv4Address?: string }[] | undefined;
  return networks?.[0]?.ipv4Address;
}
