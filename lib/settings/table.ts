/**
 * The definitions of all settings. The type `Settings`, the schema in Pulumi.yaml and the tables of
 * docs/configuration.md are derived from this table; `npm run generate` writes the files.
 */
import { isAbsolute } from "node:path";
import { auto } from "../allocation/allocate.ts";
import { portPools, rangeOf, subnetPool } from "../allocation/pools.ts";
import { gossipPort as agentPort, profiles } from "../agents/config.ts";
import type { ImageChoice } from "../cluster/image.ts";
import { defaultSerfVersion, refusedSerf, serfChecksums } from "../cluster/serfVersions.ts";
import { allowedSubnets, isAddress, planSubnet } from "../cluster/subnet.ts";
import type { ContainerLimits } from "../containers/description.ts";
import { allowedEngineHosts, formatEngineHost, parseEngineHost } from "../engine/host.ts";
import { parseEvents } from "./events.ts";
import { maxJoiners, parseGroups } from "./groups.ts";
import { parseHandlers } from "./handlers.ts";
import { flag, integer, json, oneOf, optionalText, text, wholeNumber } from "./kinds.ts";
import { SettingsReader } from "./reader.ts";
import { parseTags } from "./tags.ts";
import { allowedRepositories, isRepository } from "../cluster/registry.ts";
import { allowedTtls, ttlSeconds } from "./ttl.ts";

const reloaded = "running agents reload it; nothing is restarted";
const rotates = "the key rotates; nothing is restarted";
const added = "joiners are added or removed; no other member is touched";
const allContainers = "all containers are replaced";
const hostAgentOnly = "the host's agent is restarted";
const seedOnly = "the seed's container is replaced";
const anotherEngine = "the stack moves to another engine: destroy it first";
const nothing = "nothing";
const leaseOnly = "an empty volume that nothing mounts is replaced";

const image = {
  allowed: "an image reference, for example registry.example/busybox:1.37",
  parse: (name: string) => (/^[a-z0-9][\w./:@-]*$/.test(name) ? name : undefined),
  meaning: "pinned",
  change: "all containers with that image are replaced",
};

/** Adds `auto` to the allowed values, and makes it the default. */
function orAuto<T>(
  { allowed, parse }: { allowed: string; parse: (received: string) => T | undefined },
  meaning: string,
) {
  return {
    default: auto,
    allowed: `${allowed}, or ${auto} for ${meaning}`,
    parse: (received: string): T | typeof auto | undefined =>
      received === auto ? auto : parse(received),
  };
}

/** The settings of an image; a group of joiners can have its own. */
const imageSettings = {
  serfVersion: oneOf(
    [defaultSerfVersion, ...Object.keys(serfChecksums).filter((one) => one !== defaultSerfVersion)],
    { description: "The Serf release in the image", change: image.change },
    refusedSerf,
  ),
  builderImage: optionalText({
    ...image,
    description:
      "The image that Serf is compiled in, instead of the one pinned in docker/Dockerfile",
  }),
  runtimeImage: optionalText({
    ...image,
    description: "The image that Serf runs in, instead of the one pinned in docker/Dockerfile",
  }),
};

/** The limits of each agent's container. */
export const limitSettings = {
  memory: integer([32, 65536], {
    description: "Memory in MiB",
    default: "128",
    change: allContainers,
  }),
  cpus: text({
    ...{ description: "Number of processors", default: "1", change: allContainers },
    allowed: "a number from 0.1 to 64",
    parse: (received) => {
      const cpus = /^\d+(\.\d+)?$/.test(received) ? Number(received) : 0;
      return cpus >= 0.1 && cpus <= 64 ? cpus : undefined;
    },
  }),
};

export const table = {
  joiners: optionalText({
    ...wholeNumber(0, maxJoiners),
    description: "How many joiners the cluster has, in addition to those in groups",
    meaning: "3, or 0 if there are groups",
    change: added,
  }),
  groups: json("object", {
    description: "Groups of joiners by name",
    allowed: "a map from names to count, tags, serfVersion, builderImage and runtimeImage",
    change: added,
    read: (reader, key) => parseGroups(reader.readMap(key), readGroupImage(reader), reader.report),
  }),
  join: oneOf(["ip", "dns", "gateway"], {
    description:
      "Whether members join the seed by its address (ip) or name (dns), or the host's agent (gateway)",
    change: reloaded,
  }),
  subnet: text({
    description: "The IPv4 subnet of the cluster's network",
    ...orAuto({ allowed: allowedSubnets, parse: planSubnet }, `a free one in ${subnetPool}`),
    change: "the network and all members are replaced; refused if maxUnavailable is a number",
  }),
  gossipPort: text({
    description: "The host's port, TCP and UDP, at which the seed's gossip port is published",
    ...orAuto(wholeNumber(1, 65535), `a free one from ${rangeOf(portPools.gossipPort)}`),
    change: seedOnly,
  }),
  publishAddress: text({
    description: "The host's address on which the gossip port is published",
    default: "127.0.0.1",
    allowed: "an IPv4 address of the host",
    parse: (received) => (isAddress(received) ? received : undefined),
    change: seedOnly,
  }),
  hostAgent: flag(true, {
    description: "Whether the engine's host runs an agent that joins the cluster",
    change: "the host's agent joins or leaves",
  }),
  hostAgentIn: oneOf(["auto", "process", "container"], {
    description: "Where the host's agent runs",
    meaning: "a process if the engine is on this Linux host, else a container",
    change: hostAgentOnly,
  }),
  hostAgentPort: integer([1024, 65535], {
    description: "The gossip port, TCP and UDP, of the host's agent on the bridge's gateway",
    default: String(agentPort),
    change: hostAgentOnly,
  }),
  rpcPort: text({
    description: "The loopback port of the RPC of the host's agent",
    ...orAuto(wholeNumber(1, 65535), `a free one from ${rangeOf(portPools.rpcPort)}`),
    change: hostAgentOnly,
  }),
  dockerHost: optionalText({
    description: "The address of the Docker engine",
    meaning: "the docker client's engine",
    allowed: allowedEngineHosts,
    parse: (received) => {
      const address = parseEngineHost(received);
      return address && formatEngineHost(address);
    },
    change: anotherEngine,
  }),
  dockerCertPath: optionalText({
    description: "The folder with ca.pem, cert.pem and key.pem for a tcp:// engine with TLS",
    meaning: "no TLS",
    allowed: "an absolute path",
    parse: (received) => (isAbsolute(received) ? received : undefined),
    change: anotherEngine,
  }),
  limits: json("object", {
    description: "The resource limits of each agent's container",
    meaning: `${limitSettings.memory.default} MiB, ${limitSettings.cpus.default} processor`,
    allowed:
      `a map with memory, ${limitSettings.memory.allowed} MiB, ` +
      `and cpus, ${limitSettings.cpus.allowed}`,
    change: allContainers,
    read: (reader, key) => readLimits(reader, key),
  }),
  profile: oneOf(profiles, {
    description:
      "Serf's timing profile, which sets how often agents probe and how long they wait for each other",
    change: "all containers are replaced, and the host's agent is restarted",
  }),
  convergenceTimeout: integer([1, 3600], {
    description: "Seconds until the cluster must have formed",
    default: "60",
    change: nothing,
  }),
  maxUnavailable: text({
    description: "How many members a change may take down at once",
    default: "all",
    allowed: `a whole number from 1 to ${maxJoiners}, or all`,
    parse: (received) =>
      received === "all" ? received : wholeNumber(1, maxJoiners).parse(received),
    change: nothing,
  }),
  tags: json("object", {
    description: "Tags of every member, in addition to role",
    allowed: "a map from names to strings, at most 512 bytes in total",
    change: reloaded,
    read: (reader, key) => parseTags(reader.readMap(key), key, reader.report),
  }),
  handlers: json("object", {
    description: "Event handlers, in addition to load",
    allowed: "a map from scripts in docker/handlers to the events that they handle",
    change: reloaded,
    read: (reader, key, files) => {
      const { handlers, faults } = parseHandlers(reader.textOf(key) ?? "", files);
      faults.forEach(reader.report);
      return handlers;
    },
  }),
  events: json("array", {
    description: "Events that are sent, in this order, after each up that changed the members",
    allowed: "a list of maps with name, payload and coalesce",
    change: nothing,
    read: (reader, key) => parseEvents(reader.readList(key), reader.report),
  }),
  gossipKey: optionalText({
    description: "The key that encrypts gossip, a secret",
    meaning: "generated with the stack",
    allowed: "base64 of 16, 24 or 32 bytes",
    // Validated in rules.ts, by messages that never contain the key.
    parse: (received) => received,
    change: rotates,
  }),
  keyRotation: integer([0, 1_000_000], {
    description: "A counter; another number generates a new gossip key",
    default: "0",
    change: rotates,
  }),
  swarm: oneOf(["off", "services"], {
    description:
      "Whether the members are services of the engine's Swarm, which runs them on all its nodes",
    change: "the stack moves to a Swarm, or back: destroy it first",
  }),
  registry: optionalText({
    description:
      "The repository to which the image is pushed, and from which a Swarm's nodes pull it",
    meaning: "none, which a Swarm needs",
    allowed: allowedRepositories,
    parse: (received) => (isRepository(received) ? received : undefined),
    change: "all tasks are replaced",
  }),
  registryUser: optionalText({
    description: "The user at the registry",
    meaning: "no login",
    allowed: "a name",
    parse: (received) => received,
    change: nothing,
  }),
  registryPassword: optionalText({
    description: "The user's password at the registry, a secret",
    meaning: "no login",
    allowed: "a text",
    parse: (received) => received,
    change: nothing,
  }),
  registryInsecure: flag(false, {
    description: "Whether the registry has no TLS",
    change: nothing,
  }),
  requireGossipKey: flag(false, {
    description: "Whether gossipKey must be set, instead of being generated",
    change: nothing,
  }),
  protect: flag(false, {
    description: "Whether the stack is protected from being destroyed",
    change: nothing,
  }),
  retainData: flag(false, {
    description: "Whether the volume with the agents' data is kept when the stack is destroyed",
    change: nothing,
  }),
  owner: optionalText({
    description: "Who has the stack, in the list of `npm run stacks`",
    meaning: "who brought it up first",
    allowed: "at most 64 letters, digits, spaces and characters of . _ @ + -",
    parse: (received) =>
      /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u.test(received) ? received : undefined,
    change: leaseOnly,
  }),
  ttl: optionalText({
    description:
      "The time since its creation after which `npm run stacks -- --prune` takes the stack down",
    meaning: "never",
    allowed: allowedTtls,
    parse: (received) => (ttlSeconds(received) === undefined ? undefined : received),
    change: leaseOnly,
  }),
  tuneKernel: flag(false, {
    description:
      "Whether the kernel's neighbour table may be enlarged to the size that the agents need",
    change: nothing,
  }),
  ...imageSettings,
};

/** The values of a table's settings. */
export type Values<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends { read: (...args: never[]) => infer T }
    ? T
    : never;
};

function readLimits(reader: SettingsReader, key: string): ContainerLimits {
  const own = new SettingsReader(reader.readMap(key), `${key}.`, reader.report);
  const limits = {
    memory: limitSettings.memory.read(own, "memory", []),
    cpus: limitSettings.cpus.read(own, "cpus", []),
  };
  own.refuseOthers(Object.keys(limitSettings));
  return limits;
}

/** Reads the configured settings of a group's image, without defaults. */
function readGroupImage(reader: SettingsReader) {
  return (group: Readonly<Record<string, unknown>>, setting: string): Partial<ImageChoice> => {
    const own = new SettingsReader(group, `${setting}.`, reader.report);
    own.refuseOthers(["count", "tags", ...Object.keys(imageSettings)]);
    return Object.fromEntries(
      Object.entries(imageSettings)
        .filter(([key]) => own.textOf(key))
        .map(([key, one]) => [key, one.read(own, key, [])]),
    );
  };
}
