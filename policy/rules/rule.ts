/** What a rule is, and what it is given. */

/** A resource as the program declares it. */
export interface Declared {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  /** Secrets are plain here. A value that is not known before the change is {@link unknownValue}. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The paths of the inputs that Pulumi knows to be secret, for example `envs.1`. */
  readonly secretInputs: readonly string[];
  /** The option `protect`. */
  readonly isProtected: boolean;
  /** The option `ignoreChanges`. */
  readonly ignoredChanges: readonly string[];
  /** The option `additionalSecretOutputs`. */
  readonly secretOutputs: readonly string[];
}

/** A resource in the order of its stack. */
export interface Placed extends Declared {
  /** The URNs of what it depends on. */
  readonly dependencies: readonly string[];
  /** The URNs of what an input is made from, by input. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** Stands for a value that only the change itself makes known. */
export const unknownValue = Symbol("not known before the change");

/** Something that breaks a rule. No message contains a secret. */
export interface Violation {
  readonly message: string;
  /** The resource. Default: the stack. */
  readonly urn?: string;
}

interface Named {
  /** The name in the settings and in a review. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly description: string;
}

/** A rule for each resource by itself. */
export interface ResourceRule extends Named {
  /** Default: resources of any type. */
  readonly types?: readonly string[];
  /** Returns what breaks the rule. */
  readonly check: (resource: Declared) => readonly string[];
}

/** A rule for all resources of a stack together. */
export interface StackRule extends Named {
  /** The rule's own settings: whole numbers, with their defaults. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Returns what breaks the rule. */
  readonly check: (
    resources: readonly Placed[],
    settings: Readonly<Record<string, number>>,
  ) => readonly Violation[];
}

export const containerType = "docker:index/container:Container";
export const serviceType = "docker:index/service:Service";
export const serviceConfigType = "docker:index/serviceConfig:ServiceConfig";
export const secretType = "docker:index/secret:Secret";
export const imageType = "docker:index/remoteImage:RemoteImage";
export const commandType = "command:local:Command";
export const hostAgentType = "serf:cluster:HostAgent";

type Inputs = Declared["inputs"];

/**
 * A rule about the inputs of resources, with a check for each type.
 *
 * @param checks return `false` for an input that is as it must be.
 */
export function inputRule(
  name: string,
  description: string,
  checks: Readonly<Record<string, (inputs: Inputs) => readonly (string | false)[]>>,
): ResourceRule {
  return {
    ...{ name, description, types: Object.keys(checks) },
    check: ({ type, inputs }) => checks[type]!(inputs).filter((fault) => fault !== false),
  };
}

/** What a service says of its tasks' containers. */
export function containerSpecIn(service: Inputs): Inputs {
  return mapIn(mapIn(service["taskSpec"])["containerSpec"]);
}

/** A violation that says what was found and what is allowed. */
export function found(input: string, value: unknown, allowed: string): string {
  return `${input} is ${shown(value)}, allowed is ${allowed}.`;
}

function shown(value: unknown): string {
  if (value === undefined) return "not set";
  if (typeof value === "symbol") return value.description ?? "unknown";
  const text = JSON.stringify(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

/** The most characters of a value in a message. */
const mostShown = 100;

/** A value as a list; the empty list if it is none. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value as a map; the empty map if it is none. */
export function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** The map that a text holds as JSON; the empty map if it holds none. */
export function jsonIn(text: unknown): Readonly<Record<string, unknown>> {
  if (typeof text !== "string") return {};
  try {
    return mapIn(JSON.parse(text));
  } catch {
    return {};
  }
}
