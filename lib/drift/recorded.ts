/** The parts of a stack's state that the program uses. */
import type { RecordedAllocation } from "../allocation/allocate.ts";
import type { ImageBuilder, StandIns } from "../cluster/image.ts";
import { engineLabel, generationLabel, ownerLabel, stackLabel } from "../cluster/labels.ts";
import type { Member } from "../cluster/members.ts";
import { rpcPortIn } from "../containers/description.ts";
import type { NamedEngine } from "../engine/scope.ts";
import type { SwarmFormationInput } from "../inputs/swarmFormation.ts";
import type { HostAgentPlace } from "../settings/types.ts";

/** The resources of a state by URN, in the form that Pulumi gives to a program. */
export type RecordedOutputs = Readonly<Record<string, RecordedResource>>;

interface RecordedResource {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** With what the name of the provider of one of several engines begins; the engine's name follows. */
export const engineProvider = "engine-";

/**
 * Generations by the names on the engine; `lib/drift/engineState.ts` explains generations. Empty for an object
 * without one, which was imported or existed before the stack.
 */
type Generations = ReadonlyMap<string, string>;

export interface RecordedState {
  /** The stack's name when it was deployed, which all names and labels contain; undefined if nothing is deployed. */
  readonly stack: string | undefined;
  readonly containers: Generations;
  readonly networks: Generations;
  readonly volumes: Generations;
  /** By name and tag. */
  readonly images: Generations;
  /** The containers' addresses on the cluster's network, by container name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The names of the containers' engines, by container name, if the stack has several. */
  readonly engines: ReadonlyMap<string, string>;
  /** The engines that have something of the stack, if it has several. */
  readonly engineHosts: readonly NamedEngine[];
  /** The subnet and the ports, as far as they were created. */
  readonly allocation: RecordedAllocation;
  /** Who has the stack. */
  readonly owner: string | undefined;
  /** The members' tags, by member name, as of the last `up`. */
  readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The generation of what the members share: their configurations and keys. */
  readonly cluster: string | undefined;
  /** The generation of the process limits. */
  readonly processLimits: string | undefined;
  /** The generation of the host's agent as a process. */
  readonly hostProcess: string | undefined;
  /** The generation of the stack's claim on the kernel's neighbour table. */
  readonly neighbourTable: string | undefined;
  /** What the gate of a Swarm's services waited for; undefined if the members are not services. */
  readonly formation: SwarmFormationInput | undefined;
  /** `host:port` at which the host reaches the seed. */
  readonly endpoint: string | undefined;
  /** Where the host's agent runs; undefined if there is none. */
  readonly hostAgentIn: HostAgentPlace | undefined;
  /** What built the image: the docker client or Pulumi's provider. */
  readonly builder: ImageBuilder | undefined;
  /** The stand-ins for the base images, if the image was built on a host that reaches no registry. */
  readonly standIns: StandIns;
}

/** Reads a state. An empty one belongs to a stack that has not been deployed yet. */
export function recordedIn(outputs: RecordedOutputs): RecordedState {
  const resources = Object.values(outputs);
  const ofType = (type: string) =>
    resources.filter((one) => one.type === type).map((one) => one.outputs);
  const generations = (type: string): Generations =>
    new Map(ofType(type).flatMap((one) => pair(one["name"], generationOf(one) ?? "")));
  const containers = ofType("docker:index/container:Container");
  const component = (type: string, output: string) => {
    const value = ofType(`serf:cluster:${type}`)[0]?.[output];
    return typeof value === "string" ? value : undefined;
  };
  return {
    stack: resources.map(({ outputs }) => labelIn(outputs, stackLabel)).find(Boolean),
    containers: generations("docker:index/container:Container"),
    networks: generations("docker:index/network:Network"),
    volumes: generations("docker:index/volume:Volume"),
    images: generations("docker:index/remoteImage:RemoteImage"),
    addresses: new Map(containers.flatMap((one) => pair(one["name"], addressOf(one)))),
    engines: new Map(containers.flatMap((one) => pair(one["name"], labelIn(one, engineLabel)))),
    engineHosts: Object.entries(outputs).flatMap(engineIn),
    allocation: {
      subnet: ofType("docker:index/network:Network").map(subnetOf)[0],
      gossipPort: containers.map(publishedPortOf).find(Boolean),
      rpcPort:
        containers.map(rpcPortOf).find(Boolean) ??
        (ofType("serf:cluster:HostAgent")[0]?.["rpcPort"] as number | undefined),
    },
    owner: ["docker:index/volume:Volume", "docker:index/serviceConfig:ServiceConfig"]
      .flatMap(ofType)
      .map((one) => labelIn(one, ownerLabel))
      .find(Boolean),
    tags: new Map(membersIn(ofType("serf:cluster:Convergence")[0])),
    cluster: component("Storage", "generation"),
    processLimits: component("ProcessLimits", "generation"),
    hostProcess: component("HostAgent", "generation"),
    neighbourTable: component("NeighbourTable", "generation"),
    formation: Object.entries(outputs).map(formationIn).find(Boolean),
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

/** A provider is in the state as long as a resource of its engine is. */
function engineIn([urn, { type, outputs }]: [string, RecordedResource]): NamedEngine[] {
  const { host, certPath } = outputs as { readonly host?: string; readonly certPath?: string };
  const name = urn.split("::").at(-1)!;
  if (type !== "pulumi:providers:docker" || !name.startsWith(engineProvider) || !host) return [];
  return [{ name: name.slice(engineProvider.length), host, ...(certPath && { certPath }) }];
}

function formationIn([urn, { outputs }]: [string, RecordedResource]) {
  const stdin = urn.endsWith("command:local:Command::formation") && outputs["stdin"];
  return typeof stdin === "string" ? (JSON.parse(stdin) as SwarmFormationInput) : undefined;
}

function membersIn(convergence: Outputs = {}): [string, Record<string, string>][] {
  const members = convergence["members"] as readonly Partial<Member>[] | undefined;
  return (members ?? []).map(({ name = "", tags = {} }) => [name, tags]);
}

function pair(name: unknown, value: string | undefined): [string, string][] {
  return typeof name === "string" && value !== undefined ? [[name, value]] : [];
}

type Outputs = Readonly<Record<string, unknown>>;

/** In the state, an image built by the docker client has its generation in a trigger instead of a label. */
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

function subnetOf({ ipamConfigs }: Outputs): string | undefined {
  return (ipamConfigs as readonly { readonly subnet?: string }[] | undefined)?.[0]?.subnet;
}

/** The host's port of the seed's gossip port, the only one that is published. */
function publishedPortOf({ ports }: Outputs): number | undefined {
  return (ports as readonly { readonly external?: number }[] | undefined)?.[0]?.external;
}

function rpcPortOf({ envs }: Outputs): number | undefined {
  return rpcPortIn((envs ?? []) as readonly string[]);
}
