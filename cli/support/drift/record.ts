/** Reads from a stack's state what `up` created, in the form in which the engine's state is observed. */
import type { Fleet } from "../../../lib/agents/fleet.ts";
import { generationLabel, roleLabel } from "../../../lib/cluster/labels.ts";
import type { ExpectedMember } from "../../../lib/cluster/members.ts";
import { type ComparedDescription, describedIn } from "../../../lib/containers/args.ts";
import type { HostObservation } from "../../../lib/drift/observation.ts";
import type {
  FoundContainer,
  FoundImage,
  FoundNetwork,
  Inventory,
} from "../../../lib/engine/found.ts";
import type { ConfigurationsInput, Secrets } from "../../../lib/inputs/configurations.ts";
import type { ConvergenceInput } from "../../../lib/inputs/converge.ts";
import type { RecordedResource } from "../stack/stateFiles.ts";

/** What a stack's state says. */
export interface StackRecord {
  readonly inventory: Inventory;
  /** The descriptions that containers were created from, by container name. */
  readonly made: ReadonlyMap<string, ComparedDescription>;
  /** The generation of what the members share: the files and keys in the volume. */
  readonly generation: string;
  readonly host: HostObservation | undefined;
  /** The RPC port of the host's agent, where that is a process. */
  readonly rpcPort: number;
  /** The members that should be alive; undefined when no `up` has completed. */
  readonly expected: readonly ExpectedMember[] | undefined;
  /** The files written for the agents, with the secrets; undefined when none were written. */
  readonly storage: RecordedStorage | undefined;
}

interface RecordedStorage extends Pick<ConfigurationsInput, "volumes">, Secrets {
  readonly fleets: readonly Fleet[];
}

type Values = Readonly<Record<string, unknown>>;

/** @param resources with their secrets in plain text. */
export function readRecord(resources: readonly RecordedResource[]): StackRecord {
  const find = (type: string, name: string) =>
    resources.find(({ urn }) => urn.endsWith(`${type}::${name}`));
  const all = (type: string) => resources.filter((one) => one.type === type);
  const commandInputs = (name: string) => find("command:local:Command", name)?.inputs;
  const stdinOf = (name: string): unknown => {
    const stdin = reveal(commandInputs(name)?.["stdin"]);
    return typeof stdin === "string" ? JSON.parse(stdin) : undefined;
  };
  const configurations = (name: string): ConfigurationsInput | undefined => {
    const environment = commandInputs(name)?.["environment"] as Record<string, string> | undefined;
    const text = environment?.["SERF_CONFIGURATIONS"];
    return text === undefined ? undefined : (JSON.parse(text) as ConfigurationsInput);
  };
  const members = all("docker:index/container:Container").filter(
    (one) => labelsIn(one)[roleLabel] !== undefined,
  );
  const gate = stdinOf("convergence") as ConvergenceInput | undefined;
  // Of several engines the first one's files are compared: all have the same.
  const [first] = gate?.engines ?? [];
  const nameOf = (what: string) => (first === undefined ? what : `${what}-${first.name}`);
  const written = configurations(nameOf("storage"));
  const process = find("serf:cluster:HostAgent", "host")?.inputs;
  return {
    made: new Map(members.map(({ inputs = {} }) => [String(inputs["name"]), describedIn(inputs)])),
    inventory: {
      containers: members.map(containerFrom),
      foreign: { containers: [], volumes: [], images: [] },
      networks: all("docker:index/network:Network").map(networkFrom),
      images: all("docker:index/remoteImage:RemoteImage").flatMap(imageFrom),
      volumes: all("docker:index/volume:Volume").map((one) => ({
        name: one.id ?? "",
        labels: labelsIn(one),
      })),
    },
    generation: written?.generation ?? "",
    host: process && hostFrom(process),
    rpcPort: Number(process?.["rpcPort"] ?? 0),
    expected: gate?.expected,
    storage: written && {
      volumes: written.volumes,
      fleets: [...written.fleets, ...(configurations(nameOf("joiners"))?.fleets ?? [])],
      ...(stdinOf(nameOf("storage")) as Secrets),
    },
  };
}

function containerFrom(resource: RecordedResource): FoundContainer {
  const { id = "", inputs = {} } = resource;
  const labels = labelsIn(resource);
  return { id, name: String(inputs["name"]), isRunning: true, labels, published: [] };
}

function hostFrom(inputs: Values): HostObservation {
  return { name: String(inputs["name"]), generation: String(inputs["generation"]), faults: [] };
}

/** The provider's build records all labels; for the docker client's build only the generation is known. */
function imageFrom({ id = "", inputs = {} }: RecordedResource): FoundImage[] {
  const build = inputs["build"] as { label: Readonly<Record<string, string>> } | undefined;
  const triggers = inputs["triggers"] as { built: string } | undefined;
  // Pulled, not built: it has the labels of an image of another engine.
  if (build === undefined && triggers === undefined) return [];
  const labels = build?.label ?? { [generationLabel]: triggers?.built ?? "" };
  return [{ id, names: [String(inputs["name"])], labels }];
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

/** Unwraps a value that Pulumi may have marked as a secret. */
function reveal(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { readonly plaintext?: string };
  return plaintext === undefined ? value : (JSON.parse(plaintext) as unknown);
}
