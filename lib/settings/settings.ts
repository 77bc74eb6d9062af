import { isAbsolute } from "node:path";
import { gossipPort as agentPort, type Profile, profiles } from "../agents/config.ts";
import type { ImageChoice } from "../cluster/image.ts";
import { defaultSerfVersion, refusedSerf, serfChecksums } from "../cluster/serfVersions.ts";
import { allowedSubnets, isAddress, planSubnet, type SubnetPlan } from "../cluster/subnet.ts";
import type { ContainerLimits } from "../containers/description.ts";
import {
  allowedEngineHosts,
  type EngineHost,
  formatEngineHost,
  isLocalEngine,
  parseEngineHost,
} from "../engine/host.ts";
import { type DeclaredEvent, parseEvents } from "./events.ts";
import { type JoinerGroup, maxJoiners, parseGroups, plainGroup } from "./groups.ts";
import { type Handler, type HandlerFile, parseHandlers } from "./handlers.ts";
import { SettingsReader } from "./reader.ts";
import { contradictions } from "./rules.ts";
import { parseTags } from "./tags.ts";

/**
 * How the members find the cluster: by the seed's address, by the seed's name on the network, or by the
 * host's agent at the bridge's gateway, which then starts first.
 */
type JoinStrategy = (typeof joinStrategies)[number];

const joinStrategies = ["ip", "dns", "gateway"] as const;

export type HostAgentPlace = (typeof hostAgentPlaces)[number];

const hostAgentPlaces = ["process", "container"] as const;

/** The validated configuration of a stack. */
export interface Settings extends ImageChoice {
  /** How many joiners of no declared group the cluster has. Default: 3, or 0 where there are groups. */
  readonly joiners: number;
  /** All groups of joiners, the one that `joiners` counts first. Default: that one alone. */
  readonly groups: readonly JoinerGroup[];
  /** Default: ip. */
  readonly join: JoinStrategy;
  /** The cluster's network. Default: 172.30.0.0/24. */
  readonly subnet: SubnetPlan;
  /**
   * The host's port that reaches the seed's gossip port, TCP and UDP; 0 lets Docker choose one.
   * Default: 7946.
   */
  readonly gossipPort: number;
  /** The host's address on which that port is published. Default: 127.0.0.1. */
  readonly publishAddress: string;
  /** Whether the engine's host runs an agent that joins. Default: true. */
  readonly hostAgent: boolean;
  /**
   * Where that agent runs: a process of this machine, or a container on the network of the engine's host.
   * Default: a process where the engine is this Linux machine's, else a container.
   */
  readonly hostAgentIn: HostAgentPlace;
  /** The port on which that agent gossips, at the bridge's gateway. Default: 7946. */
  readonly hostAgentPort: number;
  /** The engine, written in full. Default: the one that the docker client talks to. */
  readonly dockerHost: string | undefined;
  /** The folder with `ca.pem`, `cert.pem` and `key.pem` for a `tcp://` engine. Default: no TLS. */
  readonly dockerCertPath: string | undefined;
  /** The port on loopback where the host's agent answers RPC. Default: 7373. */
  readonly rpcPort: number;
  /** What each agent's container may use: 128 MiB (32 to 65536) and 1 processor (0.1 to 64) by default. */
  readonly limits: ContainerLimits;
  /** How patient the agents are with each other. Default: lan. */
  readonly profile: Profile;
  /** Seconds in which the cluster must have formed, 1 to 3600. Default: 60. */
  readonly convergenceTimeout: number;
  /** The event handlers of the agents in containers. Default: `load` for the query `load`. */
  readonly handlers: readonly Handler[];
  /** The events that are sent when the members have changed. Default: none. */
  readonly events: readonly DeclaredEvent[];
  /** The key that gossip is encrypted with, in base64. Default: one that is generated with the stack. */
  readonly gossipKey: string | undefined;
  /** Another number asks for another generated key. Default: 0. */
  readonly keyRotation: number;
  /** Whether a generated key is not enough, and `gossipKey` must be configured. Default: false. */
  readonly requireGossipKey: boolean;
  /** Whether the stack refuses to be destroyed. Default: false. */
  readonly protect: boolean;
  /** Whether the volume with the agents' data outlives the stack. Default: false. */
  readonly retainData: boolean;
  /** How many members a change may take down at once, 1 to 1000; undefined: all. Default: all. */
  readonly maxUnavailable: number | undefined;
  /** Whether the kernel's neighbour table may be made as large as the agents want it. Default: false. */
  readonly tuneKernel: boolean;
  /** Tags of every member, beside `role`, which is the project's own. Default: none. */
  readonly tags: Readonly<Record<string, string>>;
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

/** Where a stack is deployed from. */
export interface DeploymentPlace {
  readonly stack: string;
  readonly platform: NodeJS.Platform;
  /** What the folder `docker/handlers` has. */
  readonly handlerFiles: readonly HandlerFile[];
  /** The engine that the docker client talks to. Default: the one of the local socket. */
  readonly engine?: EngineHost | undefined;
  /**
   * Why the engine is not this Linux host's, although its address may be, as the rest of a sentence that begins
   * with the engine. Default: nothing speaks against it, or it has not been asked.
   */
  readonly elsewhere?: string | undefined;
  /** Where the host's agent was put last, when the engine cannot be asked. Default: by the engine. */
  readonly recordedHostAgentIn?: HostAgentPlace | undefined;
  /** Whether Pulumi keeps a setting, or a part of it, encrypted. Default: the gossip key alone. */
  readonly isSecret?: (key: string) => boolean;
}

/**
 * Validates a stack's whole configuration.
 *
 * @param values the configured texts by key, without the project's namespace; unset keys absent.
 * @throws SettingsError with every fault: the key, the value received, what is allowed.
 */
export function parseSettings(
  values: Readonly<Record<string, string>>,
  place: DeploymentPlace,
): Settings {
  const reader = new SettingsReader(values);
  const report = (fault: string) => void reader.faults.push(fault);
  const declared = parseGroups(reader.readMap("groups"), readGroupImage, report);
  const joiners =
    reader.integer("joiners", undefined, 0, maxJoiners) ?? (declared.length > 0 ? 0 : 3);
  const handlers = parseHandlers(values["handlers"] ?? "", place.handlerFiles);
  const dockerHost = readDockerHost(reader);
  const isHere =
    place.recordedHostAgentIn === undefined
      ? place.platform === "linux" &&
        isLocalEngine(dockerHost ?? place.engine?.host) &&
        place.elsewhere === undefined
      : place.recordedHostAgentIn === "process";
  const settings: Settings = {
    joiners,
    groups: [{ name: plainGroup, count: joiners, tags: {}, image: {} }, ...declared],
    join: reader.oneOf<JoinStrategy, JoinStrategy>("join", "ip", joinStrategies),
    subnet: reader.read("subnet", planSubnet("172.30.0.0/24")!, allowedSubnets, planSubnet),
    gossipPort: readGossipPort(reader),
    publishAddress: reader.read(
      "publishAddress",
      "127.0.0.1",
      "an IPv4 address of the host",
      (text) => (isAddress(text) ? text : undefined),
    ),
    hostAgent: reader.flag("hostAgent", true),
    hostAgentIn: readHostAgentPlace(reader, isHere),
    hostAgentPort: reader.integer("hostAgentPort", agentPort, 1024, 65535),
    dockerHost,
    dockerCertPath: readCertPath(reader),
    rpcPort: reader.integer("rpcPort", 7373, 1, 65535),
    limits: readLimits(reader),
    profile: reader.oneOf<Profile, Profile>("profile", "lan", profiles),
    convergenceTimeout: reader.integer("convergenceTimeout", 60, 1, 3600),
    tags: parseTags(reader.readMap("tags"), "tags", report),
    gossipKey: values["gossipKey"] || undefined,
    keyRotation: reader.integer("keyRotation", 0, 0, 1_000_000),
    requireGossipKey: reader.flag("requireGossipKey", false),
    protect: reader.flag("protect", false),
    retainData: reader.flag("retainData", false),
    maxUnavailable: readMaxUnavailable(reader),
    tuneKernel: reader.flag("tuneKernel", false),
    handlers: handlers.handlers,
    events: parseEvents(reader.readList("events"), report),
    serfVersion: defaultSerfVersion,
    builderImage: undefined,
    runtimeImage: undefined,
    ...readImage(reader),
  };
  reader.refuseOthers(Object.keys(settings));
  const faults = [...reader.faults, ...handlers.faults, ...contradictions(settings, place, isHere)];
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;

  function readGroupImage(group: Readonly<Record<string, unknown>>, setting: string) {
    const own = new SettingsReader(group, `${setting}.`);
    const image = readImage(own);
    own.refuseOthers(["count", "tags", ...imageKeys]);
    reader.faults.push(...own.faults);
    return image;
  }
}

/** The engine that a stack's configuration names, as far as that is allowed, for what must know it first. */
export function configuredEngine(values: Readonly<Record<string, string>>): EngineHost | undefined {
  const reader = new SettingsReader(values);
  const host = readDockerHost(reader);
  return host === undefined ? undefined : { host, certPath: readCertPath(reader) };
}

function readDockerHost(reader: SettingsReader): string | undefined {
  return reader.read<string | undefined>("dockerHost", undefined, allowedEngineHosts, (text) => {
    const address = parseEngineHost(text);
    return address && formatEngineHost(address);
  });
}

function readCertPath(reader: SettingsReader): string | undefined {
  return reader.read<string | undefined>("dockerCertPath", undefined, "an absolute path", (text) =>
    isAbsolute(text) ? text : undefined,
  );
}

function readHostAgentPlace(reader: SettingsReader, isHere: boolean): HostAgentPlace {
  const places = ["auto", ...hostAgentPlaces] as const;
  const chosen = reader.oneOf<(typeof places)[number], "auto">("hostAgentIn", "auto", places);
  return chosen === "auto" ? (isHere ? "process" : "container") : chosen;
}

function readLimits(reader: SettingsReader): ContainerLimits {
  const own = new SettingsReader(reader.readMap("limits"), "limits.");
  const limits = {
    memory: own.integer("memory", 128, 32, 65536),
    cpus: own.read("cpus", 1, "a number from 0.1 to 64", (text) => {
      const cpus = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
      return cpus >= 0.1 && cpus <= 64 ? cpus : undefined;
    }),
  };
  own.refuseOthers(Object.keys(limits));
  reader.faults.push(...own.faults);
  return limits;
}

function readMaxUnavailable(reader: SettingsReader): number | undefined {
  const allowed = `a whole number from 1 to ${maxJoiners}, or all`;
  const chosen = reader.read<number | "all">("maxUnavailable", "all", allowed, (text) => {
    if (text === "all") return text;
    const count = /^\d+$/.test(text) ? Number(text) : 0;
    return count >= 1 && count <= maxJoiners ? count : undefined;
  });
  return chosen === "all" ? undefined : chosen;
}

function readGossipPort(reader: SettingsReader): number {
  const allowed = "a whole number from 1 to 65535, or auto for one that Docker chooses";
  return reader.read("gossipPort", 7946, allowed, (text) => {
    if (text === "auto" || text === "0") return 0;
    const port = /^\d+$/.test(text) ? Number(text) : 0;
    return port >= 1 && port <= 65535 ? port : undefined;
  });
}

const imageKeys: readonly (keyof ImageChoice)[] = ["serfVersion", "builderImage", "runtimeImage"];

const allowedImages = "an image reference, for example registry.example/busybox:1.37";

/** What is configured of an image, without defaults. */
function readImage(reader: SettingsReader): Partial<ImageChoice> {
  const image = (key: string) =>
    reader.read<string | undefined>(key, undefined, allowedImages, (text) =>
      /^[a-z0-9][\w./:@-]*$/.test(text) ? text : undefined,
    );
  const choice: { [Key in keyof ImageChoice]: ImageChoice[Key] | undefined } = {
    serfVersion: reader.oneOf("serfVersion", undefined, Object.keys(serfChecksums), refusedSerf),
    builderImage: image("builderImage"),
    runtimeImage: image("runtimeImage"),
  };
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
}
