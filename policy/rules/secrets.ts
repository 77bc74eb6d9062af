/** Secrets that everybody could read who may look at containers or processes. */
import {
  commandType,
  containerType,
  type Declared,
  jsonIn,
  listIn,
  mapIn,
  type ResourceRule,
  type StackRule,
} from "./rule.ts";

/** What is shown by `docker inspect` and `ps`, or stands in a state in plain text, by type. */
const exposed: Readonly<Record<string, readonly string[]>> = {
  [containerType]: ["command", "entrypoints", "envs", "labels", "healthcheck"],
  [commandType]: ["create", "update", "delete", "environment"],
};

const allowed = "stdin of a command, or a file that only the agent reads";

export const plainSecrets: ResourceRule = {
  name: "no-secret-in-environment",
  description:
    "No secret is in the environment or in the command line of a container or a command.",
  check: (resource) => {
    const inputs = exposed[resource.type];
    if (inputs === undefined) return [];
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
  description: "No container's environment or command line is made from a secret output.",
  check: (resources) => {
    const secret = new Set(
      resources.filter(({ secretOutputs }) => secretOutputs.length > 0).map(({ urn }) => urn),
    );
    return resources
      .filter(({ type }) => type === containerType)
      .flatMap(({ urn, type, sources }) =>
        exposed[type]!.filter((input) => sources[input]?.some((source) => secret.has(source))).map(
          (input) => ({ urn, message: `${input} is made from a secret, allowed is ${allowed}.` }),
        ),
      );
  },
};

/** The last words of names for secrets, as in `GOSSIP_KEY`, `rpcToken` and `--encrypt`. */
const secretWords = [
  ...["key", "apikey", "token", "auth", "encrypt", "secret", "credential", "credentials"],
  ...["password", "passwd", "passphrase"],
];

function isSecretName(name: string): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").split(/[-_]/);
  return secretWords.includes(words.at(-1)!.toLowerCase());
}

/** The names of variables, options and fields that have a value and are named like a secret. */
function namedSecrets({ type, inputs }: Declared): string[] {
  if (type === containerType) {
    return [
      ...assignments(listIn(inputs["envs"])),
      ...options(listIn(inputs["command"])),
      ...options(listIn(inputs["entrypoints"])),
    ];
  }
  const variables = Object.entries(mapIn(inputs["environment"]));
  const lines = ["create", "update", "delete"].map((input) => inputs[input]);
  const words = lines.flatMap((line) => (typeof line === "string" ? line.split(/\s+/) : []));
  return [
    ...variables.filter(([name, value]) => isSecretName(name) && value !== "").map(nameOf),
    ...variables.flatMap(([, value]) => fields(jsonIn(value))),
    ...assignments(words),
    ...options(words),
  ];
}

function nameOf([name]: readonly [string, unknown]): string {
  return name;
}

/** Of `NAME=value`. */
function assignments(words: readonly unknown[]): string[] {
  return words.flatMap((word) => {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(String(word)) ?? [];
    return isSecretName(name) && value !== "" ? [name] : [];
  });
}

/** Of `-name=value`, `--name=value` and `--name value`. */
function options(words: readonly unknown[]): string[] {
  return words.flatMap((word, index) => {
    const [, name = "", value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(String(word)) ?? [];
    const isGiven = value === undefined ? isOperand(words[index + 1]) : value !== "";
    return isSecretName(name) && isGiven ? [`-${name}`] : [];
  });
}

/** Whether an argument is the value of the option before it. */
function isOperand(word: unknown): boolean {
  return typeof word === "symbol" || (typeof word === "string" && !word.startsWith("-"));
}

/** Of JSON, at any depth. */
function fields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fields);
  return Object.entries(mapIn(value)).flatMap(([name, inner]) =>
    typeof inner === "string" && inner !== "" && isSecretName(name) ? [name] : fields(inner),
  );
}
