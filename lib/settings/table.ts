/**
 * The definitions of all settings. The type `Settings`, the schema in Pulumi.yaml and the tables of
 * docs/configuration.md are derived from this table; `npm run generate` writes the files.
 */
import { isAbsolute } from "node:path";
import { auto } from "../allocation/allocate.ts";
import { portPools, rangeOf, subnetPool } from "../allocation/pools.ts";
import { gossipPort as agentPort, profiles } from "../agents/config.ts";
import { allowedSubnets, isAddress, planSubnet } from "../cluster/subnet.ts";
import { allowedEngineHosts, formatEngineHost, parseEngineHost } from "../engine/host.ts";
import { parseEngines } from "./members/engines.ts";
import { parseEvents } from "./events.ts";
import { maxJoiners, parseGroups } from "./members/groups.ts";
import { parseHandlers } from "./handlers/handlers.ts";
import { flag, integer, json, oneOf, optionalText, text, wholeNumber } from "./kinds.ts";
import {
  added,
  allContainers,
  anotherEngine,
  hostAgentOnly,
  nothing,
  reloaded,
  rotates,
  seedOnly,
} from "./parts/changes.ts";
import { imageSettings, readGroupImage } from "./parts/image.ts";
import { leaseSettings } from "./parts/lease.ts";
import { limitSettings, readLimits } from "./parts/limits.ts";
import { swarmSettings } from "./parts/swarm.ts";
import { parseTags } from "./members/tags.ts";

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

export const table = {
  joiners: optionalText({
    ...wholeNumber(0, maxJoiners),
    description: "How many joiners the cluster has, in addition to those in groups",
    meaning: "3, or 0 if there are groups",
    change: added,
  }),
  groups: json("object", {
    description: "Groups of joiners by name",
    allowed: "a map from names to count, tags, on, serfVersion, builderImage and runtimeImage",
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
  engines: json("array", {
    description:
      "Several engines of one Swarm on which the members run, each in a container; the first is a manager",
    allowed: "a list of maps with name, host, certPath and labels",
    change:
      "joiners of an engine that is taken out, or that has lost a label of their group, move to others",
    read: (reader, key) => parseEngines(reader.readList(key), reader.report),
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
  ...swarmSettings,
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
  ...leaseSettings,
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
