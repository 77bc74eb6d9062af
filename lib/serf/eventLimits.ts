/**
 * Serf's limits for events and queries, checked before they are sent.
 *
 * Sources: `UserEvent` and `Query` in https://github.com/hashicorp/serf/blob/v0.11.0/serf/serf.go, the messages in
 * `messages.go` there.
 */
import { containerHead, packed, sum } from "./packedSize.ts";

/** The parts of an event that count towards its size. */
export interface EventContent {
  readonly name: string;
  readonly payload: Uint8Array;
}

/** The parts of a query that count towards its size. */
export interface QueryContent extends EventContent {
  /** The name of the member that sends it. */
  readonly from: string;
  /** The names of the members that it is for. Default: all. */
  readonly nodes?: readonly string[];
  /** Regular expressions for tags. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The largest message of an event in bytes: Serf's default `user_event_size_limit`. */
const eventLimit = 512;

/** The largest message of a query in bytes: Serf's default `query_size_limit`. */
const queryLimit = 1024;

/** The prefix of Serf's own queries. Events must not use it either, to avoid confusion. */
const reservedPrefix = "_serf";

/**
 * The faults of an event, as sentences. An event without faults can be sent by every agent with the default limits:
 * numbers that grow with the cluster's clock are counted at their maximum length.
 */
export function eventFaults({ name, payload }: EventContent): string[] {
  const size = eventMessage + packed(name) + packed(payload.length);
  return [
    ...nameFaults("event", name),
    ...sizeFaults("event", { name, payload }, size, eventLimit),
  ];
}

/** Like {@link eventFaults}, for a query; its filters count as well. */
export function queryFaults({
  name,
  payload,
  from,
  nodes = [],
  tags = {},
}: QueryContent): string[] {
  const names = nodes.map((node) => packed(node));
  const filters = [
    ...(nodes.length > 0 ? [containerHead(nodes.length) + sum(names)] : []),
    ...Object.entries(tags).map(
      ([tag, expression]) => fields("Tag", "Expr") + packed(tag) + packed(expression),
    ),
  ].map((length) => packed(filterType + length));
  const size =
    queryMessage +
    packed(from) +
    containerHead(filters.length) +
    sum(filters) +
    packed(name) +
    packed(payload.length);
  return [
    ...nameFaults("query", name),
    ...sizeFaults("query", { name, payload }, size, queryLimit),
  ];
}

function nameFaults(kind: string, name: string): string[] {
  if (name === "") return [`The ${kind}'s name is empty, allowed is at least one character.`];
  if (!name.startsWith(reservedPrefix)) return [];
  return [
    `The ${kind}'s name is "${name}", but names that begin with ${reservedPrefix} are Serf's own.`,
  ];
}

function sizeFaults(kind: string, content: EventContent, size: number, limit: number): string[] {
  if (size <= limit) return [];
  const [name, payload] = [byteLength(content.name), content.payload.length];
  return [
    `The ${kind} takes ${size} bytes, Serf allows ${limit}: ${name} for its name, ${payload} for its ` +
      `payload and up to ${size - name - payload} that Serf adds.`,
  ];
}

// Messages are encoded as maps, with the names of the fields as keys.

/** The longest encodings of numbers of 64, 32 and 16 bits. */
const [int64, int32, int16] = [9, 5, 3];

/** One byte says which type of message or filter follows. */
const [messageType, filterType] = [1, 1];

const oneByte = 1;

const eventMessage = messageType + fields("LTime", "Name", "Payload", "CC") + int64 + oneByte;

const queryFields = ["LTime", "ID", "Addr", "Port", "SourceNode", "Filters", "Flags"];

const queryMessage =
  messageType +
  fields(...queryFields, "RelayFactor", "Timeout", "Name", "Payload") +
  // In this order: clock, ID, address and port; flags, relay factor and timeout. The query's own content is added
  // later.
  (int64 + int32 + packed(16) + int16) +
  (oneByte + oneByte + int64);

/** The header of a map with these fields, and the fields' names. */
function fields(...names: string[]): number {
  return containerHead(names.length) + sum(names.map(packed));
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
