/** Resources as policies see them, of a stack that breaks no rule. */
import {
  commandType,
  containerType,
  imageType,
  type Placed,
  type ResourceRule,
  secretType,
  serviceType,
  unknownValue,
} from "../../../policy/rules/rule.ts";
import { resourceRules } from "../../../policy/rules/all.ts";

/** The path of a type in URNs of a stack named `dev`. */
function urnOf(type: string, name: string): string {
  return `urn:pulumi:dev::serf::${type}::${name}`;
}

export function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
  more: Partial<Placed> = {},
): Placed {
  return {
    ...{ type, name, inputs, urn: urnOf(type, name) },
    ...{ secretInputs: [], isProtected: false, ignoredChanges: [], secretOutputs: [] },
    ...{ dependencies: [], sources: {} },
    ...more,
  };
}

/** The labels of everything, with more of them. */
export function labelled(more: Readonly<Record<string, string>> = {}) {
  const labels = { "serf.project": "serf", "serf.stack": "dev", ...more };
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}

/** A container that breaks no rule, with other inputs. */
export function container(
  inputs: Readonly<Record<string, unknown>> = {},
  more: Partial<Placed> = {},
): Placed {
  return resource(
    containerType,
    "seed",
    {
      image: "serf-dev:0123",
      command: ["seed.json", "-node=serf-dev-seed", "-bind=172.30.0.2:7946"],
      envs: ["GOMAXPROCS=1", "SERF_DATA=/var/lib/serf/serf-dev-seed"],
      labels: labelled({ "serf.role": "seed" }),
      readOnly: true,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges=true"],
      ...{ memory: 128, memorySwap: 128, cpuPeriod: 100_000, cpuQuota: 100_000 },
      networkMode: "bridge",
      ports: [{ internal: 7946, external: 7946, ip: "127.0.0.1", protocol: "tcp" }],
      volumes: [{ volumeName: "serf-dev-data", containerPath: "/var/lib/serf" }],
      ...inputs,
    },
    more,
  );
}

/**
 * A service that breaks no rule.
 *
 * @param task other parts of its `taskSpec`.
 * @param spec other parts of its containers' specification.
 */
export function service(
  {
    task,
    spec,
    ...inputs
  }: { readonly task?: object; readonly spec?: object; readonly [input: string]: unknown } = {},
  more: Partial<Placed> = {},
): Placed {
  const containerSpec = {
    image: `registry.example:5000/serf@sha256:${"0123456789abcdef".repeat(4)}`,
    ...{ commands: ["/usr/local/bin/task"], args: ["joiner", "10.77.0.0/16"] },
    env: { SERF_TASK: "{{.Task.Name}}" },
    labels: labelled({ "serf.role": "joiner" }),
    ...{ readOnly: true, capDrops: ["ALL"] },
    mounts: [{ type: "tmpfs", source: "", target: "/serf" }],
    secrets: [{ fileName: "/etc/serf/config/keyring", secretName: "keyring-0123" }],
    ...spec,
  };
  return resource(
    serviceType,
    "joiner",
    {
      taskSpec: {
        containerSpec,
        resources: { limits: { memoryBytes: 2 ** 27, nanoCpus: 1e9 } },
        networksAdvanceds: [{ id: unknownValue }],
        ...task,
      },
      labels: labelled(),
      mode: { replicated: { replicas: 3 } },
      endpointSpec: { mode: "dnsrr" },
      ...inputs,
    },
    { sources: { taskSpec: [keyring().urn] }, ...more },
  );
}

/** The secret that {@link service} gives to its containers, with one key. */
export function keyring(
  inputs: Readonly<Record<string, unknown>> = {},
  more: Partial<Placed> = {},
): Placed {
  const keys = JSON.stringify([Buffer.alloc(32).toString("base64")]);
  const data = Buffer.from(keys).toString("base64");
  const name = "keyring-0123";
  return resource(secretType, "keyring", { name, data, labels: labelled(), ...inputs }, more);
}

export function command(
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
  more: Partial<Placed> = {},
): Placed {
  return resource(commandType, name, { create: `node programs/${name}.ts`, ...inputs }, more);
}

/** The image of {@link container}, which the provider builds. */
export function image(inputs: Readonly<Record<string, unknown>> = {}, more: Partial<Placed> = {}) {
  const label = { "serf.project": "serf", "serf.stack": "dev" };
  const build = { context: "docker", label };
  return resource(imageType, "image", { name: "serf-dev:0123", build, ...inputs }, more);
}

/** What a resource breaks, as `rule: message`, by all rules for single resources. */
export function broken(one: Placed, rules: readonly ResourceRule[] = resourceRules): string[] {
  return rules
    .filter(({ types }) => types?.includes(one.type) ?? true)
    .flatMap(({ name, check }) => check(one).map((message) => `${name}: ${message}`));
}
