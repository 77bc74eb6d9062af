import { isMap } from "./members/tags.ts";

/** Reads configured values, and collects a fault for each one that is not allowed. */
export class SettingsReader {
  /** Sentences that name the setting, the value received and what is allowed. */
  readonly faults: string[] = [];
  /** Receives each fault, as a sentence. */
  readonly report: (fault: string) => void;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #prefix: string;

  /**
   * @param values the values by key. Values that are not strings are passed as Pulumi's JSON. Unset keys are
   *   absent.
   * @param prefix precedes each key in a fault. Default: empty.
   * @param report receives the faults. Default: they are collected in {@link faults}.
   */
  constructor(
    values: Readonly<Record<string, unknown>>,
    prefix = "",
    report: (fault: string) => void = (fault) => void this.faults.push(fault),
  ) {
    this.#values = values;
    this.#prefix = prefix;
    this.report = report;
  }

  /** A value as text; undefined if it is not set. */
  textOf(key: string): string | undefined {
    const value = this.#values[key];
    // Pulumi requires a default for every declared key; an empty string means no value.
    if (value === undefined || value === "") return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  /**
   * @param allowed returns what is allowed, given the configured text.
   * @param parse returns undefined if the text is not allowed.
   */
  read<T>(
    key: string,
    fallback: T,
    allowed: (text: string) => string,
    parse: (text: string) => T | undefined,
  ): T {
    const isEmpty = this.#values[key] === "" && fallback !== undefined;
    const text = isEmpty ? "" : this.textOf(key);
    if (text === undefined) return fallback;
    const parsed = parse(text);
    if (parsed === undefined) {
      this.report(`${this.#prefix}${key} is ${quote(text)}, allowed is ${allowed(text)}`);
    }
    return parsed ?? fallback;
  }

  readMap(key: string): Readonly<Record<string, unknown>> {
    return this.#readJson(key, {}, "a map", (value) => (isMap(value) ? value : undefined));
  }

  readList(key: string): readonly unknown[] {
    return this.#readJson(key, [], "a list", (value) => (Array.isArray(value) ? value : undefined));
  }

  #readJson<T>(
    key: string,
    fallback: T,
    allowed: string,
    parse: (value: unknown) => T | undefined,
  ) {
    return this.read(
      key,
      fallback,
      () => allowed,
      (text) => {
        try {
          return parse(JSON.parse(text));
        } catch (error) {
          if (error instanceof SyntaxError) return undefined;
          throw error;
        }
      },
    );
  }

  /** Reports each key that is not a setting, with the list of settings. */
  refuseOthers(settings: readonly string[]): void {
    for (const key of Object.keys(this.#values)) {
      if (settings.includes(key)) continue;
      this.report(
        `${this.#prefix}${key} is not a setting; the settings are ${settings.join(", ")}`,
      );
    }
  }
}

/** A value as shown in a fault. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
