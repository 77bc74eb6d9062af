import { isMap } from "./tags.ts";

/** Reads configured values one by one, and collects a sentence for each that is not allowed. */
export class SettingsReader {
  /** Each names the setting, the value received and what is allowed. */
  readonly faults: string[] = [];
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #prefix: string;

  /**
   * @param values by key; what Pulumi does not hold as a text it gives as JSON. Unset keys are absent.
   * @param prefix stands before each key in a fault. Default: nothing.
   */
  constructor(values: Readonly<Record<string, unknown>>, prefix = "") {
    this.#values = values;
    this.#prefix = prefix;
  }

  /**
   * @param allowed what is allowed; a function may add what matters to whoever wrote this text.
   * @param parse returns undefined for a text that is not allowed.
   */
  read<T>(
    key: string,
    fallback: T,
    allowed: string | ((text: string) => string),
    parse: (text: string) => T | undefined,
  ): T {
    const value = this.#values[key];
    // Pulumi wants a default for every declared key; an empty text stands for none.
    if (value === undefined || (value === "" && fallback === undefined)) return fallback;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const parsed = parse(text);
    if (parsed === undefined) {
      this.fault(key, text, typeof allowed === "string" ? allowed : allowed(text));
    }
    return parsed ?? fallback;
  }

  /** A value that Pulumi holds as JSON. */
  readJson<T>(
    key: string,
    fallback: T,
    allowed: string,
    parse: (value: unknown) => T | undefined,
  ): T {
    return this.read(key, fallback, allowed, (text) => {
      try {
        return parse(JSON.parse(text));
      } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
      }
    });
  }

  readMap(key: string): Readonly<Record<string, unknown>> {
    return this.readJson(key, {}, "a map", (value) => (isMap(value) ? value : undefined));
  }

  readList(key: string): readonly unknown[] {
    return this.readJson(key, [], "a list", (value) => (Array.isArray(value) ? value : undefined));
  }

  integer<T extends number | undefined>(key: string, fallback: T, min: number, max: number) {
    return this.read<number | T>(key, fallback, `a whole number from ${min} to ${max}`, (text) =>
      parseInteger(text, min, max),
    );
  }

  flag(key: string, fallback: boolean): boolean {
    return this.read(key, fallback, "true or false", (text) =>
      text === "true" ? true : text === "false" ? false : undefined,
    );
  }

  /** @param reasons say, as the end of a sentence, why some other texts are not allowed. Default: none do. */
  oneOf<T extends string, U extends T | undefined>(
    key: string,
    fallback: U,
    allowed: readonly T[],
    reasons: Readonly<Record<string, string>> = {},
  ): T | U {
    const explain = (text: string) =>
      `one of ${allowed.join(", ")}${Object.hasOwn(reasons, text) ? `; ${reasons[text]!}` : ""}`;
    return this.read<T | U>(key, fallback, explain, (text) =>
      allowed.find((value) => value === text),
    );
  }

  fault(key: string, text: string, allowed: string): void {
    this.faults.push(`${this.#prefix}${key} is ${quote(text)}, allowed is ${allowed}`);
  }

  /** Says of each key that is not a setting which ones are. */
  refuseOthers(settings: readonly string[]): void {
    for (const key of Object.keys(this.#values)) {
      if (settings.includes(key)) continue;
      this.faults.push(
        `${this.#prefix}${key} is not a setting; the settings are ${settings.join(", ")}`,
      );
    }
  }
}

/** A value as it stands in a fault. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function parseInteger(text: string, min: number, max: number): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
