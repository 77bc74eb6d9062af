/** Reads out of a stack's state what `up` has made, in the terms in which it is looked at. */
import type { MadeContainer } from "../components/containerFacts.ts";
import { joinerLabels, joinerSpecs } from "../components/joinerPlan.ts";
import { type AgentRole, generationLabel, labelsOf } from "../components/labels.ts";
import type { ExpectedMember } from "../components/members.ts";
import { namesOf } from "../components/names.ts";
import type { RecordedStanding } from "../components/preflight.ts";
import type { HostSight } from "../components/sight.ts";
import type { FoundContainer, FoundImage, FoundNetwork } from "../components/standing.ts";
import type { ConfigurationsInput } from "../programs/configurations.ts";
import type { ConvergenceInput } from "../programs/converge.ts";
import type { JoinersInput } from "../programs/joiners.ts";
import type { NeighbourTableInput } from "../programs/neighbourTable.ts";
import type { RecordedResource } from "./stateFiles.ts";
import { project } from "./stack.ts";

/** What a stack's state says. */
export interface StackRecord extends RecordedStanding {
  readonly made: ReadonlyMap<string, MadeContainer>;
  /** Where an agent of the host that is a process answers RPC. */
  readonly rpcPort: number;
  /** Who should be alive; undefined where no `up` came to its end. */
  readonly expected: readonly ExpectedMember[] | undefined;
  /** What was written for the agents, with the secrets; undefined where nothing was. */
  readonly storage: ConfigurationsInput | undefined;
}

type Values = Readonly<Record<string, unknown>>;

/** @param resources with their secrets in plain text. */
export function readRecord(stack: string, resources: readonly RecordedResource[]): StackRecord {
  const names = namesOf(project, stack);
  const find = (type: string, name: string) =>
    resources.find(({ urn }) => urn.endsWith(`${type}::${name}`));
  const all = (type: string) => resources.filter((one) => one.type === type);
  const stdinOf = (name: string): unknown => {
    const stdin = reveal(find("command:local:Command", name)?.inputs?.["stdin"]);
    return typeof stdin === "string" ? JSON.parse(stdin) : undefined;
  };
  const made = new Map<string, MadeContainer>();
  const containers: FoundContainer[] = [];
  const add = (
    container: MadeContainer,
    id: string,
    labels: Readonly<Record<string, string>>,
  ): void => {
    made.set(container.name, container);
    containers.push({ id, name: container.name, isRunning: true, labels, published: [] });
  };
  for (const [component, role] of [
    ["serf:cluster:Seed", "seed"],
    ["serf:cluster:HostContainer", "host"],
  ] as const) {
    const container = find("docker:index/container:Container", role);
    const inputs = find(component, role)?.inputs;
    if (container?.id === undefined || inputs === undefined) continue;
    add(madeFrom(inputs, role, names.network), container.id, labelsIn(container));
  }
  const joiners = stdinOf("joiners") as JoinersInput | undefined;
  for (const joiner of joiners === undefined ? [] : joinerSpecs(joiners)) {
    const { volumes, limits, profile } = joiners!;
    const place = { network: joiners!.network.name, volumes, limits, profile };
    const labels = joinerLabels(labelsOf(project, stack), joiner);
    add({ ...joiner, ...place, role: "joiner" }, "", labels);
  }
  const storage = stdinOf("storage") as ConfigurationsInput | undefined;
  const table = stdinOf("neighbour-table") as NeighbourTableInput | undefined;
  const convergence = find("command:local:Command", "convergence")?.inputs?.["environment"];
  const environment = (convergence ?? {}) as Readonly<Record<string, string>>;
  const gate = environment["SERF_CONVERGENCE"];
  const process = find("serf:cluster:HostAgent", "host")?.inputs;
  const endpoint = find("serf:cluster:Seed", "seed")?.outputs?.["endpoint"];
  return {
    made,
    inventory: {
      containers,
      foreign: { containers: [], volumes: [], images: [] },
      networks: all("docker:index/network:Network").map(networkFrom),
      images: all("docker:index/remoteImage:RemoteImage").map(imageFrom),
      volumes: all("docker:index/volume:Volume").map((one) => ({
        name: one.id ?? "",
        labels: labelsIn(one),
      })),
    },
    generation: storage?.generation ?? "",
    host: process && hostFrom(process),
    rpcPort: Number(process?.["rpcPort"] ?? 0),
    endpoint: typeof endpoint === "string" ? endpoint : undefined,
    table: table?.generation,
    expected: gate === undefined ? undefined : (JSON.parse(gate) as ConvergenceInput).expected,
    storage,
  };
}

/** What a component's arguments make of a container. */
function madeFrom(
  inputs: Values,
  role: Exclude<AgentRole, "joiner">,
  network: string,
): MadeContainer {
  const { memberName, name = memberName, ...others } = inputs as Values & { name?: string };
  const place = role === "host" ? "host" : network;
  return {
    ...(others as unknown as MadeContainer),
    name: String(name),
    network: place,
    role,
    group: role,
  };
}

function hostFrom(inputs: Values): HostSight {
  return { name: String(inputs["name"]), generation: String(inputs["generation"]), faults: [] };
}

/** The docker client's build leaves the generation where the provider's leaves all labels. */
function imageFrom({ id = "", inputs = {} }: RecordedResource): FoundImage {
  const build = inputs["build"] as { label: Readonly<Record<string, string>> } | undefined;
  const triggers = inputs["triggers"] as { built: string } | undefined;
  const labels = build?.label ?? { [generationLabel]: triggers?.built ?? "" };
  return { id, names: [String(inputs["name"])], labels };
}

function networkFrom(resource: RecordedResource): FoundNetwork {
  const { id = "", inputs = {} } = resource;
  const plans = inputs["ipamConfigs"] as readonly { readonly subnet: string }[];
  const subnets = plans.map(({ subnet }) => subnet);
  return { id, name: String(inputs["name"]), labels: labelsIn(resource), subnets };
}

function labelsIn({ inputs = {} }: RecordedResource): Record<string, string> {
  const labels = (inputs["labels"] ?? []) as readonly { label: string; value: string }[];
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

/** A value that Pulumi may have wrapped as a secret. */
function reveal(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { readonly plaintext?: string };
  return plaintext === undefined ? value : (JSON.parse(plaintext) as unknown);
}
