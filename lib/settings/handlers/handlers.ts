import { allowedEvents, eventFaults, eventsOf, memberEvents } from "./handlerEvents.ts";
import { isMap } from "../members/tags.ts";

/** An event handler of the agents in the containers. */
export interface Handler {
  /** The name of the script in `docker/handlers`. */
  readonly name: string;
  /** The events that it handles, in the form of Serf's `event_handlers`; at least one. */
  readonly events: readonly string[];
  /** Seconds after which it is stopped, from 1 to 300. Default: 5. */
  readonly timeout: number;
}

/** A file in `docker/handlers`. */
export interface HandlerFile {
  readonly name: string;
  /** Whether it is executable. */
  readonly isExecutable: boolean;
}

/** The handlers in a configuration, and the configuration's faults, each a sentence. */
export interface ParsedHandlers {
  /** The handlers without faults, sorted by name. */
  readonly handlers: readonly Handler[];
  readonly faults: readonly string[];
}

/** The default events of the handlers that come with the project. */
const usual: ReadonlyMap<string, readonly string[]> = new Map([
  ["hosts", memberEvents],
  ["load", ["query:load"]],
]);

/**
 * The handlers that are on by default. `hosts` is not: it runs in every container for every change of the members,
 * which is too much if there are many on one host.
 */
const defaults = ["load"];

const defaultTimeout = 5;
const maxTimeout = 300;

const folder = "docker/handlers";

/**
 * Validates the setting `handlers`: a JSON object from names of scripts to their events. The value is an event,
 * several events (a list, or a comma-separated string), `{ "on": events, "timeout": seconds }`, or `false` to turn
 * the handler off. For handlers that come with the project, `true` selects their default events: `hosts` handles
 * all events about members, `load` the query `load`. `load` is on unless it is set to `false`.
 *
 * @param text the configured value; `{}` or empty for the default.
 * @param files the files in the folder `docker/handlers`.
 */
export function parseHandlers(text: string, files: readonly HandlerFile[]): ParsedHandlers {
  const configured = parseMap(text === "" ? "{}" : text);
  if (configured === undefined) {
    const allowed = `a map from files in ${folder} to events, for example {"deploy":"user:deploy"}`;
    return { handlers: [], faults: [`handlers is ${quote(text)}, allowed is ${allowed}`] };
  }
  const names = new Set([...defaults, ...configured.keys()]);
  const handlers: Handler[] = [];
  const faults: string[] = [];
  for (const name of [...names].sort()) {
    const value = configured.has(name) ? configured.get(name) : true;
    // A handler can be turned off even if its file is missing.
    if (isFlag(value, false) && usual.has(name)) continue;
    const parsed = isFlag(value, false) ? undefined : parseHandler(name, value);
    const own = [...fileFaults(name, configured.has(name), files), ...(parsed?.faults ?? [])];
    if (parsed !== undefined && own.length === 0) handlers.push(parsed.handler);
    faults.push(...own);
  }
  return { handlers, faults };
}

/**
 * The handlers in the form of Serf's `event_handlers`: each entry has the events and the command, which is the
 * image's script `handle`.
 */
export function eventHandlers(handlers: readonly Handler[]): string[] {
  return handlers.map(
    ({ name, events, timeout }) => `${events.join(",")}=/usr/local/bin/handle ${name} ${timeout}`,
  );
}

function fileFaults(
  name: string,
  isConfigured: boolean,
  files: readonly HandlerFile[],
): readonly string[] {
  // The name becomes part of a shell command line.
  if (!/^\w[\w.-]*$/.test(name)) {
    return [
      `handlers has the name ${quote(name)}, allowed are letters, digits, dots, dashes and ` +
        "underscores, not beginning with a dot or a dash",
    ];
  }
  const key = `handlers.${name}`;
  const file = files.find((one) => one.name === name);
  if (file === undefined) {
    const there = files.map((one) => one.name).sort();
    return [
      isConfigured
        ? `${key} has no file ${folder}/${name}; the folder has ${there.join(", ") || "no files"}`
        : `${key} is on by default, but there is no file ${folder}/${name}; ` +
          `restore it or run \`pulumi config set --path ${key} false\``,
    ];
  }
  return file.isExecutable ? [] : [`${key} is not executable; run \`chmod +x ${folder}/${name}\``];
}

/** The handler is valid only if there are no faults. */
function parseHandler(name: string, value: unknown): { handler: Handler; faults: string[] } {
  const key = `handlers.${name}`;
  const parts = isMap(value) ? value : isUsual(name, value) ? {} : { on: value };
  const { on = usual.get(name), timeout = defaultTimeout } = parts;
  const events = eventsOf(on);
  const seconds = /^\d+$/.test(String(timeout)) ? Number(timeout) : 0;

  const faults = Object.keys(parts)
    .filter((part) => part !== "on" && part !== "timeout")
    .map((part) => `${key}.${part} is not a setting of a handler; those are on and timeout`);
  if (on === undefined) {
    faults.push(`${key}.on is not set, allowed are ${allowedEvents}`);
  } else if (events === undefined) {
    const allowed = 'an event, a list of events, {"on":…,"timeout":…}, or false for none';
    faults.push(`${key} is ${quote(value)}, allowed is ${allowed}`);
  } else {
    faults.push(...eventFaults(key, events));
  }
  if (seconds < 1 || seconds > maxTimeout) {
    const allowed = `a whole number of seconds from 1 to ${maxTimeout}`;
    faults.push(`${key}.timeout is ${quote(timeout)}, allowed is ${allowed}`);
  }
  return { handler: { name, events: events ?? [], timeout: seconds }, faults };
}

function isUsual(name: string, value: unknown): boolean {
  return usual.has(name) && isFlag(value, true);
}

/** `pulumi config set --path` stores a boolean; in a stack's file it may also be a string. */
function isFlag(value: unknown, flag: boolean): boolean {
  return value === flag || value === String(flag);
}

function parseMap(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
