/** Serf's events about members. */
export const memberEvents: readonly string[] = [
  "member-join",
  "member-leave",
  "member-failed",
  "member-update",
  "member-reap",
];

/**
 * The event filters of Serf, for error messages; see ParseEventFilter in its
 * cmd/serf/command/agent/event_handler.go.
 */
export const allowedEvents = `${memberEvents.join(", ")}, user, user:NAME, query, query:NAME and *`;

/**
 * The events in a configured value, which is a comma-separated string or a list of such strings.
 *
 * @returns undefined if it is neither.
 */
export function eventsOf(value: unknown): readonly string[] | undefined {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (!parts.every((part) => typeof part === "string")) return undefined;
  return parts.flatMap((part) => part.split(",").map((event) => event.trim()));
}

/** The faults of a handler's events, as sentences that begin with the key. */
export function eventFaults(key: string, events: readonly string[]): string[] {
  if (events.length === 0) return [`${key} has no events, allowed are ${allowedEvents}`];
  return events.flatMap((event, index) => {
    const fault = eventFault(event, events.slice(0, index), events);
    return fault === undefined ? [] : [`${key} has the event ${JSON.stringify(event)}${fault}`];
  });
}

function eventFault(
  event: string,
  earlier: readonly string[],
  all: readonly string[],
): string | undefined {
  if (!isEvent(event)) return `, allowed are ${allowedEvents}`;
  // See InternalQueryPrefix in Serf's serf/internal_query.go.
  if (event.startsWith("query:_serf_")) {
    return ", but Serf itself answers the queries that begin with _serf_";
  }
  if (earlier.includes(event)) return " more than once";
  const wider = all.find((other) => other !== event && includes(other, event));
  if (wider === undefined) return undefined;
  return `, which ${JSON.stringify(wider)} includes; Serf would run it twice`;
}

/** Serf splits an entry at its first equals sign, and the part before it at commas. */
function isEvent(event: string): boolean {
  return (
    memberEvents.includes(event) ||
    ["user", "query", "*"].includes(event) ||
    /^(user|query):[^\s,=\u0000-\u001f\u007f]+$/.test(event)
  );
}

function includes(wider: string, event: string): boolean {
  return wider === "*" || event.startsWith(`${wider}:`);
}
