/** Formats the events of a cluster, one per line. */
import type { SerfEvent } from "../../../lib/serf/messages.ts";
import { readablePayload, shownPayload } from "./payload.ts";

/** A line for people to read, with the local time. */
export function eventLine(event: SerfEvent, time: Date): string {
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(":");
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  const kind = event.type === "user" ? "event" : event.type;
  // The longest kind is member-update.
  return `${clock}.${milliseconds}  ${kind.padEnd(13)}  ${onOneLine(contentOf(event))}`;
}

/** A JSON object for programs, on one line, with the time in UTC. */
export function eventJson(event: SerfEvent, time: Date): string {
  const head = { time: time.toISOString(), type: event.type };
  if ("members" in event) {
    const members = event.members.map(({ name, address, tags }) => ({ name, address, tags }));
    return JSON.stringify({ ...head, members });
  }
  const { name, payload, lamport } = event;
  return JSON.stringify({ ...head, name, ...readablePayload(payload), lamport });
}

function contentOf(event: SerfEvent): string {
  if ("members" in event) {
    return event.members
      .map(({ name, address, tags }) =>
        [name, address, ...Object.entries(tags).map(([tag, value]) => `${tag}=${value}`)].join(" "),
      )
      .join(", ");
  }
  const { name, payload } = event;
  return `${name}  ${shownPayload(payload)}`.trimEnd();
}

/** Escapes control characters: names and tags come from other members and must not control the terminal. */
function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
