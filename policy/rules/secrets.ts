/** Secrets that everybody could read who may look at containers, services or processes. */
import { assignments, fields, options, variables } from "./secretNames.ts";
import {
  commandType,
  containerSpecIn,
  containerType,
  type Declared,
  jsonIn,
  listIn,
  type ResourceRule,
  secretType,
  serviceConfigType,
  serviceType,
  type StackRule,
  unknownValue,
} from "./rule.ts";

/**
 * What is shown by `docker inspect`, by `docker service inspect` and the like, and by `ps`, or stands in a state in
 * plain text, by type.
 */
const exposed: Readonly<Record<string, readonly string[]>> = {
  [containerType]: ["command", "entrypoints", "envs", "labels", "healthcheck"],
  [serviceType]: ["taskSpec", "labels"],
  [serviceConfigType]: ["data", "dataRaw", "labels"],
  [commandType]: ["create", "update", "delete", "environment"],
};

function allowedFor(type: string): string {
  return [serviceType, serviceConfigType].includes(type)
    ? "a docker.Secret that the service's containers get as a file"
    : "stdin of a command, or a file that only the agent reads";
}

export const plainSecrets: ResourceRule = {
  name: "no-secret-in-environment",
  description:
    "No secret is in the environment or in the command line of a container or a command, or in the configuration of a " +
    "service.",
  types: Object.keys(exposed),
  check: (resource) => {
    const inputs = exposed[resource.type]!;
    const allowed = allowedFor(resource.type);
    const marked = resource.secretInputs.filter((path) => inputs.includes(path.split(".")[0]!));
    return [
      ...marked.map((path) => `${path} is a secret, allowed is ${allowed}.`),
      ...namedSecrets(resource).map(
        (name) => `${name} has a value and is named like a secret, allowed is ${allowed}.`,
      ),
    ];
  },
};

export const derivedSecrets: StackRule = {
  name: "no-secret-from-output",
  description:
    "No container's environment or command line, and no configuration of a service, is made from a secret output.",
  check: (resources) => {
    const secret = resources.filter(({ secretOutputs }) => secretOutputs.length > 0);
    const all = new Set(secret.map(({ urn }) => urn));
    // A service names the secrets whose content only its containers get.
    const others = new Set(secret.filter(({ type }) => type !== secretType).map(({ urn }) => urn));
    return resources
      .filter(({ type }) => [containerType, serviceType, serviceConfigType].includes(type))
      .flatMap(({ urn, type, inputs, sources }) => {
        const isFrom = (urns: ReadonlySet<string>) => (input: string) =>
          sources[input]?.some((source) => urns.has(source)) ?? false;
        const made = exposed[type]!.filter(isFrom(type === serviceType ? others : all));
        const mayBeMade =
          type === serviceType && made.length === 0 && isFrom(all)("taskSpec")
            ? unknownTexts(inputs)
            : [];
        return [
          ...made.map((input) => `${input} is made from a secret`),
          ...mayBeMade.map((input) => `${input} may be made from a secret that is not known yet`),
        ].map((fault) => ({ urn, message: `${fault}, allowed is ${allowedFor(type)}.` }));
      });
  },
};

/**
 * The parts of a service's containers that are text and not known yet. Pulumi does not say whether they or others are
 * made from the secrets that the service names.
 */
function unknownTexts(service: Declared["inputs"]): string[] {
  const spec = containerSpecIn(service);
  return ["commands", "args", "env", "labels", "healthcheck"]
    .filter((part) => hasUnknown(spec[part]))
    .map((part) => `taskSpec.containerSpec.${part}`);
}

function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return value === unknownValue;
}

/** The names of variables, options and fields that have a value and are named like a secret. */
function namedSecrets({ type, inputs }: Declared): string[] {
  switch (type) {
    case containerType:
      return [
        ...assignments(listIn(inputs["envs"])),
        ...options(listIn(inputs["command"])),
        ...options(listIn(inputs["entrypoints"])),
      ];
    case serviceType: {
      const { env, commands, args } = containerSpecIn(inputs);
      return [...variables(env), ...options([...listIn(commands), ...listIn(args)])];
    }
    case serviceConfigType: {
      const text = contentOf(inputs);
      return [...fields(jsonIn(text)), ...assignments(text.split(/\s+/))];
    }
    default: {
      const lines = ["create", "update", "delete"].map((input) => inputs[input]);
      const words = lines.flatMap((line) => (typeof line === "string" ? line.split(/\s+/) : []));
      return [...variables(inputs["environment"]), ...assignments(words), ...options(words)];
    }
  }
}

/** The text of a service's configuration. */
function contentOf({ data, dataRaw }: Declared["inputs"]): string {
  if (typeof dataRaw === "string") return dataRaw;
  return typeof data === "string" ? Buffer.from(data, "base64").toString() : "";
}
