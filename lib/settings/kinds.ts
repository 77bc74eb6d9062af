/** The kinds of settings: how their values are read and described. */
import type { HandlerFile } from "./handlers/handlers.ts";
import type { SettingsReader } from "./reader.ts";

/** The definition of a setting. Its key is that of its entry in the table. */
export interface Setting<T> {
  /** The type under which Pulumi stores the value; maps and lists are stored as JSON. */
  readonly type: "string" | "object" | "array";
  /** What it is for, as the beginning of a sentence. */
  readonly description: string;
  /** The allowed values, as the rest of that sentence. */
  readonly allowed: string;
  /** The default as written in a stack's configuration; empty if nothing is set. */
  readonly default: string;
  /** The meaning of the default. Default: the default itself. */
  readonly meaning?: string;
  /** The effect of a change on a running cluster. */
  readonly change: string;
  /**
   * Reads the value. If it is not allowed, the fault is reported to the reader, and the default is returned.
   *
   * @param handlerFiles the files in the folder `docker/handlers`.
   */
  readonly read: (reader: SettingsReader, key: string, handlerFiles: readonly HandlerFile[]) => T;
}

/** The documentation of a setting of any kind. */
type Described = Pick<Setting<unknown>, "description" | "change" | "meaning">;

interface Text<T> extends Described {
  readonly allowed: string;
  /** Adds an explanation to the fault of a particular value. Default: none. */
  readonly refusal?: (text: string) => string | undefined;
  /** Returns undefined if the text is not allowed. */
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

/** @param bounds the minimum and the maximum. */
export function integer(
  bounds: readonly [number, number],
  setting: Described & { default: string },
): Setting<number> {
  return text({ ...setting, ...wholeNumber(...bounds) });
}

/** The part of a setting's definition that allows whole numbers. */
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
 * One of several words; the first one is the default.
 *
 * @param reasons why certain other words are not allowed, as the end of a sentence. Default: no reasons.
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

/** A map or a list, which Pulumi stores as JSON. */
export function json<T>(
  type: "object" | "array",
  setting: Described & Pick<Setting<T>, "allowed" | "read">,
): Setting<T> {
  return { ...setting, type, default: type === "object" ? "{}" : "[]" };
}
