import { allowedStackNames, isStackName } from "./names.ts";
import { defaultSerfVersion, serfChecksums } from "./serfVersions.ts";
import { allowedSubnets, isAddress, planSubnet, prefixFor, type SubnetPlan } from "./subnet.ts";

/** The validated configuration of a stack. */
export interface Settings {
  /** How many joiners the cluster has, 0 to 1000. Default: 3. */
  readonly joiners: number;
  /** The cluster's network. Default: 172.30.0.0/24. */
  readonly subnet: SubnetPlan;
  /** The host's port that reaches the seed's gossip port, TCP and UDP. Default: 7946. */
  readonly gossipPort: number;
  /** The host's address on which that port is published. Default: 127.0.0.1. */
  readonly publishAddress: string;
  /** Whether the host runs an agent that joins. Default: true. */
  readonly hostAgent: boolean;
  /** The port on loopback where the host's agent answers RPC. Default: 7373. */
  readonly rpcPort: number;
  /** Seconds in which the cluster must have formed, 1 to 3600. Default: 60. */
  readonly convergenceTimeout: number;
  /** The Serf release in the image. Default: 0.11.0. */
  readonly serfVersion: string;
  /** Tags of every member, beside `role`, which is the project's own. Default: none. */
  readonly tags: Readonly<Record<string, string>>;
  /** The image that Serf is compiled in. Default: the one pinned in the Dockerfile. */
  readonly builderImage: string | undefined;
  /** The image that Serf runs in. Default: the one pinned in the Dockerfile. */
  readonly runtimeImage: string | undefined;
}

/** A configuration that cannot be used, with every fault in its message. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? `The configuration has a fault: ${String(faults[0])}`
        : `The configuration has ${faults.length} faults:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
    this.faults = faults;
  }
}

/** The most joiners a stack may have: a Linux bridge has 1024 ports. */
const maxJoiners = 1000;

/** Serf sends all tags of a member in 512 bytes of metadata (memberlist's MetaMaxSize). */
const maxTagBytes = 512;

/**
 * Validates a stack's whole configuration.
 *
 * @param values the configured texts by key, without the project's namespace; unset keys absent.
 * @throws SettingsError with every fault: the key, the value received, what is allowed.
 */
export function parseSettings(
  values: Readonly<Record<string, string>>,
  place: { readonly stack: string; readonly platform: NodeJS.Platform },
): Settings {
  const faults: string[] = [];

  function read<T>(
    key: string,
    fallback: T,
    allowed: string,
    parse: (text: string) => T | undefined,
  ): T {
    const text = values[key];
    if (text === undefined || (text === "" && fallback === undefined)) return fallback;
    const value = parse(text);
    if (value === undefined) faults.push(`${key} is ${quote(text)}, allowed is ${allowed}`);
    return value ?? fallback;
  }
  const integer = (key: string, fallback: number, min: number, max: number) =>
    read(key, fallback, `a whole number from ${min} to ${max}`, (text) =>
      parseInteger(text, min, max),
    );
  const flag = (key: string, fallback: boolean) =>
    read(key, fallback, "true or false", (text) =>
      text === "true" ? true : text === "false" ? false : undefined,
    );
  // Pulumi wants a default for every declared key; an empty text stands for the pinned image.
  const image = (key: string) =>
    read<string | undefined>(key, undefined, allowedImages, (text) =>
      /^[a-z0-9][\w./:@-]*$/.test(text) ? text : undefined,
    );

  const settings: Settings = {
    joiners: integer("joiners", 3, 0, maxJoiners),
    subnet: read("subnet", planSubnet("172.30.0.0/24")!, allowedSubnets, planSubnet),
    gossipPort: integer("gossipPort", 7946, 1, 65535),
    publishAddress: read("publishAddress", "127.0.0.1", "an IPv4 address of the host", (text) =>
      isAddress(text) ? text : undefined,
    ),
    hostAgent: flag("hostAgent", true),
    rpcPort: integer("rpcPort", 7373, 1, 65535),
    convergenceTimeout: integer("convergenceTimeout", 60, 1, 3600),
    serfVersion: read(
      "serfVersion",
      defaultSerfVersion,
      `one of ${Object.keys(serfChecksums).join(", ")}`,
      (text) => (Object.hasOwn(serfChecksums, text) ? text : undefined),
    ),
    tags: read("tags", {}, allowedTags, parseTags),
    builderImage: image("builderImage"),
    runtimeImage: image("runtimeImage"),
  };

  for (const key of Object.keys(values)) {
    if (!Object.hasOwn(settings, key)) {
      faults.push(`${key} is not a setting; the settings are ${Object.keys(settings).join(", ")}`);
    }
  }
  if (!isStackName(place.stack)) {
    faults.push(`the stack's name is ${quote(place.stack)}, allowed are ${allowedStackNames}`);
  }
  if (settings.joiners > settings.subnet.capacity) {
    faults.push(
      `joiners is ${settings.joiners}, but subnet ${settings.subnet.cidr} holds ${settings.subnet.capacity}; ` +
        `choose a subnet of /${prefixFor(settings.joiners)} or larger`,
    );
  }
  if (settings.hostAgent && place.platform !== "linux") {
    faults.push(
      `hostAgent is true, but on ${place.platform} the host cannot reach the containers' network; ` +
        "run `pulumi config set hostAgent false`",
    );
  }
  if (settings.hostAgent && settings.rpcPort === settings.gossipPort) {
    faults.push(
      `rpcPort and gossipPort are both ${settings.rpcPort}, but each needs a port of its own`,
    );
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

const allowedImages = "an image reference, for example registry.example/busybox:1.37";

const allowedTags =
  "a map from names to texts, at most 512 bytes in all; a name has letters, digits, dots, dashes and " +
  "underscores and is not `role`, which the project sets; a text has no control characters";

function parseTags(text: string): Record<string, string> | undefined {
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return undefined;
  // `pulumi config set --path tags.replica 1` stores the number 1.
  const entries = Object.entries(tags).map(([name, value]): [string, string] | undefined =>
    /^[\w.-]+$/.test(name) && name !== "role" && isTagValue(value)
      ? [name, String(value)]
      : undefined,
  );
  if (entries.includes(undefined)) return undefined;
  const known = entries.filter((entry) => entry !== undefined);
  const bytes = known.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value) + 4, 20);
  return bytes <= maxTagBytes ? Object.fromEntries(known) : undefined;
}

function isTagValue(value: unknown): value is string | number | boolean {
  if (typeof value === "string") return !/[\u0000-\u001f\u007f]/.test(value);
  return typeof value === "number" || typeof value === "boolean";
}

function parseInteger(text: string, min: number, max: number): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
