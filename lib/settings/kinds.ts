/** The kinds of settings: how a value of each is read, and how it is described. */
import type { HandlerFile } from "./handlers.ts";
import type { SettingsReader } from "./reader.ts";

/** All that is known of a setting, whose key is its place in the table. */
export interface Setting<T> {
  /** What Pulumi keeps the value as; maps and lists it keeps as JSON. */
  readonly type: "string" | "object" | "array";
  /** What it decides, as the beginning of a sentence. */
  readonly description: string;
  /** What is allowed, as the rest of that sentence. */
  readonly allowed: string;
  /** As a stack's configuration writes it; empty where nothing is set. */
  readonly default: string;
  /** What the default stands for. Default: itself. */
  readonly meaning?: string;
  /** What a change of it does to a running cluster. */
  readonly change: string;
  /**
   * Reads the value. What is not allowed is reported to the reader, and the default is taken.
   *
   * @param handlerFiles what the folder `docker/handlers` has.
   */
  readonly read: (reader: SettingsReader, key: string, handlerFiles: readonly HandlerFile[]) => T;
}

/** What is written of each setting, whatever its kind. */
type Described = Pick<Setting<unknown>, "description" | "change" | "meaning">;

interface Text<T> extends Described {
  readonly allowed: string;
  /** Adds what matters to whoever wrote this text. Default: nothing. */
  readonly refusal?: (text: string) => string | undefined;
  /** Returns undefined for a text that is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

/** A text with a default. */
export function text<T>({ parse, refusal, ...rest }: Text<T> & { default: string }): Setting<T> {
  return {
    ...rest,
    type: "string",
    read: (reader, key) =>
      reader.read(key, parse(rest.default)!, explained(rest.allowed, refusal), parse),
  };
}

/** A text that may be left out. */
export function optionalText<T>({ parse, refusal, ...rest }: Text<T>): Setting<T | undefined> {
  return {
    ...rest,
    type: "string",
    default: "",
    read: (reader, key) =>
      reader.read<T | undefined>(key, undefined, explained(rest.allowed, refusal), parse),
  };
}

function explained(allowed: string, refusal: Text<unknown>["refusal"] = () => undefined) {
  return (received: string) => [allowed, refusal(received)].filter(Boolean).join("; ");
}

/** @param bounds the least and the most. */
export function integer(
  bounds: readonly [number, number],
  setting: Described & { default: string },
): Setting<number> {
  return text({ ...setting, ...wholeNumber(...bounds) });
}

/** The part of a setting that says that it is a whole number. */
export function wholeNumber(min: number, max: number) {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    parse: (received: string) => {
      const value = /^-?\d+$/.test(received) ? Number(received) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** True or false. */
export function flag(fallback: boolean, setting: Described): Setting<boolean> {
  return text({
    ...setting,
    default: String(fallback),
    allowed: "true or false",
    parse: (received) => ({ true: true, false: false })[received],
  });
}

/**
 * One of a few words, the first by default.
 *
 * @param reasons why some other words are not allowed, as the end of a sentence. Default: none has one.
 */
export function oneOf<T extends string>(
  allowed: readonly [T, ...T[]],
  setting: Described,
  reasons: Readonly<Record<string, string>> = {},
): Setting<T> {
  return text({
    ...setting,
    default: allowed[0],
    allowed: `one of ${allowed.join(", ")}`,
    refusal: (received) => (Object.hasOwn(reasons, received) ? reasons[received] : undefined),
    parse: (received) => allowed.find((value) => value === received),
  });
}

/** A map, or a list, that Pulumi keeps as JSON. */
export function json<T>(
  type: "object" | "array",
  setting: Described & Pick<Setting<T>, "allowed" | "read">,
): Setting<T> {
  return { ...setting, type, default: type === "object" ? "{}" : "[]" };
}
