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
} from "./rule.ts";

/**
 * What is shown by `docker inspect`, `docker config inspect` and `ps`, or stands in a state in plain text, by type. Of
 * a task it is everything: if a part is secret, Pulumi calls the whole so.
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
      .flatMap(({ urn, type, sources }) =>
        exposed[type]!.filter((input) =>
          sources[input]?.some((source) => (type === serviceType ? others : all).has(source)),
        ).map((input) => ({
          urn,
          message: `${input} is made from a secret, allowed is ${allowedFor(type)}.`,
        })),
      );
  },
};

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
