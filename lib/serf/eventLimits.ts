/**
 * What Serf refuses of events and queries, known before they are sent.
 *
 * Sources: `UserEvent` and `Query` in
 * https://github.com/hashicorp/serf/blob/v0.11.0/serf/serf.go, the messages in `messages.go` there.
 */
import { containerHead, packed, sum } from "./packedSize.ts";

/** What takes part in the size of an event. */
export interface EventContent {
  readonly name: string;
  readonly payload: Uint8Array;
}

/** What takes part in the size of a query. */
export interface QueryContent extends EventContent {
  /** The member that asks. */
  readonly from: string;
  /** The members that it is for. Default: all. */
  readonly nodes?: readonly string[];
  /** Regular expressions for tags. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Bytes of an event's message: Serf's default `user_event_size_limit`. */
const eventLimit = 512;

/** Bytes of a query's message: Serf's default `query_size_limit`. */
const queryLimit = 1024;

/** Begins the names of Serf's own queries; events keep away from it as well, so that nobody mixes them up. */
const reservedPrefix = "_serf";

/**
 * The faults of an event, as sentences. An event without one is sent by every agent that has the
 * default limits: what grows with the cluster's clock is counted at its longest.
 */
export function eventFaults({ name, payload }: EventContent): string[] {
  const size = eventMessage + packed(name) + packed(payload.length);
  return [
    ...nameFaults("event", name),
    ...sizeFaults("event", { name, payload }, size, eventLimit),
  ];
}

/** As {@link eventFaults}, for a query; its filters count, too. */
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
    `The ${kind} takes ${size} bytes, Serf allows ${limit}: ${name} of its name, ${payload} of its ` +
      `payload and up to ${size - name - payload} of what Serf adds.`,
  ];
}

// Messages are maps with the names of the fields.

/** The longest number, and the longest of 32 and of 16 bits. */
const [int64, int32, int16] = [9, 5, 3];

/** One byte tells what kind of message or filter follows. */
const [messageType, filterType] = [1, 1];

const oneByte = 1;

const eventMessage = messageType + fields("LTime", "Name", "Payload", "CC") + int64 + oneByte;

const queryFields = ["LTime", "ID", "Addr", "Port", "SourceNode", "Filters", "Flags"];

const queryMessage =
  messageType +
  fields(...queryFields, "RelayFactor", "Timeout", "Name", "Payload") +
  // In that order, without what a query brings: clock, ID, address and port; flags, factor, timeout.
  (int64 + int32 + packed(16) + int16) +
  (oneByte + oneByte + int64);

/** The head of a map with these fields, and their names. */
function fields(...names: string[]): number {
  return containerHead(names.length) + sum(names.map(packed));
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
