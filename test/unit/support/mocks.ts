import * as pulumi from "@pulumi/pulumi";
import type { RecordedOutputs } from "../../../lib/drift/recorded.ts";
import type { ConfigurationsInput } from "../../../lib/inputs/configurations.ts";

/** A resource as the program declared it. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The name of its provider; undefined for the default one. */
  readonly provider?: string | undefined;
}

/** The outputs of the commands' programs. */
const printed: Readonly<Record<string, string>> = {
  convergence: '[{"name":"a"}]',
  formation: JSON.stringify({
    members: [
      { name: "serf-test-host.n1.t1", address: "10.5.0.4", tags: { role: "host" } },
      { name: "serf-test-joiner.10.t3", address: "10.5.0.6", tags: { role: "joiner" } },
      { name: "serf-test-joiner.2.t2", address: "10.5.0.5", tags: { role: "joiner" } },
      { name: "serf-test-seed.1.t4", address: "10.5.0.7", tags: { role: "seed" } },
    ],
    view: { kind: "container", name: "serf-test-host.n1.t1" },
  }),
};

/** The properties that the provider adds to a resource's inputs, by type. Other types are an error. */
const results: Readonly<Record<string, (declared: Declared) => Record<string, unknown>>> = {
  "docker:index/remoteImage:RemoteImage": () => ({ imageId: "sha256:0123" }),
  "docker:index/network:Network": () => ({}),
  "docker:index/volume:Volume": () => ({}),
  "docker:index/container:Container": () => ({}),
  "command:local:Command": ({ name }) => ({
    stdout: printed[name] ?? "{}",
    stderr: "",
  }),
  "serf:cluster:SerfImage": () => ({}),
  "serf:cluster:Network": () => ({}),
  "serf:cluster:ClusterSecrets": () => ({}),
  "serf:cluster:Lease": () => ({}),
  "serf:cluster:Storage": () => ({}),
  "serf:cluster:Seed": () => ({}),
  "serf:cluster:Joiners": () => ({}),
  "serf:cluster:ProcessLimits": () => ({}),
  "serf:cluster:HostAgent": () => ({}),
  "serf:cluster:HostContainer": () => ({}),
  "pulumi:providers:docker": () => ({}),
  "serf:cluster:Convergence": () => ({}),
  "serf:cluster:MemberEvents": () => ({}),
  "serf:cluster:Protection": () => ({}),
  "serf:cluster:NeighbourTable": () => ({}),
  "docker:index/service:Service": () => ({}),
  "docker:index/serviceConfig:ServiceConfig": ({ name }) => ({ name: `${name}-named` }),
  "docker:index/secret:Secret": ({ name }) => ({ name: `${name}-named` }),
  "docker:index/tag:Tag": () => ({}),
  "docker:index/registryImage:RegistryImage": () => ({ sha256Digest: "sha256:4567" }),
  "serf:engines:Hosts": () => ({}),
  "serf:engines:Roster": () => ({}),
  "serf:swarm:AgentService": () => ({}),
  "serf:swarm:Formation": () => ({}),
  "serf:swarm:KeyRotation": () => ({}),
  "serf:swarm:Lease": () => ({}),
  "serf:swarm:Network": () => ({}),
  "serf:swarm:PushedImage": () => ({}),
  "serf:swarm:RunningTasks": () => ({}),
  "serf:swarm:ScaleDown": () => ({}),
  "serf:swarm:Secrets": () => ({}),
};

/** The settings of a deployment. */
export interface Mode {
  /** Whether this is a preview: what the engine would decide for new resources is unknown. Default: false. */
  readonly preview?: boolean;
  /** Default: `test`. */
  readonly stack?: string;
  /** The configuration, without the project's namespace. Default: empty. */
  readonly config?: Readonly<Record<string, string>>;
  /** The state of the last deployment. Default: empty. */
  readonly state?: RecordedOutputs;
}

/** The call with which a program reads its own stack's state from Pulumi. */
const stateCall = "pulumi:pulumi:readStackResourceOutputs";

/**
 * Runs a program and records every resource that it declares.
 *
 * @param declared is filled with the resources, even if the program throws.
 * @returns the resources and the program's result. Values that are unknown in a preview are undefined.
 * @throws what the program throws, and Error for an unexpected call or type of resource.
 */
export async function declare<T>(
  program: () => T | Promise<T>,
  { preview = false, stack = "test", config = {}, state = {} }: Mode = {},
  declared: Declared[] = [],
): Promise<{ declared: Declared[]; returned: unknown }> {
  await pulumi.runtime.setMocks(
    {
      call: ({ token, inputs }) => {
        const { stackName } = inputs as { readonly stackName?: string };
        const isOwn = stackName === `organization/serf/${stack}`;
        if (token === stateCall && isOwn) return { name: stackName, outputs: state };
        throw new Error(`unexpected call of ${token} with ${JSON.stringify(inputs)}`);
      },
      newResource: (args) => {
        const { type, name } = args;
        const inputs = args.inputs as Record<string, unknown>;
        // A provider's reference is its URN and its ID.
        const [, provider] = /::([^:]+)::[^:]+$/.exec(args.provider ?? "") ?? [];
        const resource = { type, name, inputs, provider };
        const result = results[type];
        if (result === undefined) throw new Error(`unexpected resource ${type} ${name}`);
        declared.push(resource);
        const isRecorded = Object.entries(state).some(
          ([urn, recorded]) => recorded.type === type && urn.endsWith(`::${name}`),
        );
        return preview && !isRecorded
          ? { id: undefined, state: inputs }
          : { id: `${name}-id`, state: { ...inputs, ...result(resource) } };
      },
    },
    "serf",
    stack,
    preview,
    "organization",
  );
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`serf:${key}`, value])),
    [],
  );
  const read = reader(await program());
  await pulumi.runtime.disconnect();
  return { declared, returned: read() };
}

/** Returns a function that resolves the outputs in a value, after all resources are registered. */
function reader(value: unknown): () => unknown {
  if (pulumi.Output.isInstance(value)) {
    // In a preview this is not called for an unknown value.
    let read: () => unknown = () => undefined;
    value.apply((known) => (read = reader(known)));
    return () => read();
  }
  if (Array.isArray(value)) {
    const parts = value.map(reader);
    return () => parts.map((part) => part());
  }
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => [key, reader(part)] as const);
    return () => Object.fromEntries(parts.map(([key, part]) => [key, part()]));
  }
  return () => value;
}

/**
 * The value of an input that must be a secret, in the SDK's wire format.
 *
 * Source: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts (specialSecretSig)
 */
export function revealSecret(input: unknown): unknown {
  const { "4dabf18193072939515e22adb298388d": signature, value } = input as Record<string, unknown>;
  if (signature !== "1b47061264138c4ac30d75fd1eb44270") throw new Error("it is not a secret");
  return value;
}

/** The resources of a type, by name. */
export function ofType(declared: readonly Declared[], type: string): Record<string, Declared> {
  return Object.fromEntries(
    declared.filter((one) => one.type === type).map((one) => [one.name, one]),
  );
}

/** A state as Pulumi returns it to a program. */
export function stateOf(
  resources: readonly (readonly [type: string, name: string, outputs: object])[],
): RecordedOutputs {
  return Object.fromEntries(
    resources.map(([type, name, outputs]) => [
      `urn:pulumi:test::serf::${type}::${name}`,
      { type, outputs: outputs as Record<string, unknown> },
    ]),
  );
}

/** The standard input of a command's program. */
export function told(declared: readonly Declared[], name: string): Record<string, unknown> {
  const { stdin } = ofType(declared, types.command)[name]!.inputs as { stdin: string };
  return JSON.parse(stdin) as Record<string, unknown>;
}

/** The input of a command that writes configurations; see components/cluster/configFiles.ts. */
export function configurationsIn(declared: readonly Declared[], name: string): ConfigurationsInput {
  const { inputs } = ofType(declared, types.command)[name]!;
  const { SERF_CONFIGURATIONS: text } = inputs["environment"] as Record<string, string>;
  return JSON.parse(text!) as ConfigurationsInput;
}

/** The labels of a container, network or volume. */
export function labelsIn({ inputs }: Declared): Record<string, string> {
  const labels = inputs["labels"] as readonly { label: string; value: string }[];
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

export const types = {
  image: "docker:index/remoteImage:RemoteImage",
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
  container: "docker:index/container:Container",
  command: "command:local:Command",
  service: "docker:index/service:Service",
  serviceConfig: "docker:index/serviceConfig:ServiceConfig",
  secret: "docker:index/secret:Secret",
  provider: "pulumi:providers:docker",
};
