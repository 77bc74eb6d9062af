/** Who has answered a query. */
import { UserError } from "../../../lib/host/errors.ts";
import type { QueryRecord } from "../../../lib/serf/messages.ts";

/** How many members must answer: a number, or all that the query is for. */
export type Expectation = number | "all";

export class QueryTally {
  readonly #members: Set<string>;
  readonly #acknowledged = new Set<string>();
  readonly #answered = new Set<string>();

  /** @param members whom the query is for. */
  constructor(members: readonly string[]) {
    this.#members = new Set(members);
  }

  add({ type, from }: QueryRecord): void {
    // Whoever has joined since the query was sent is a member, too.
    this.#members.add(from);
    // Either may come first, and who answers has the query.
    this.#acknowledged.add(from);
    if (type === "response") this.#answered.add(from);
  }

  /** Whether nothing more can come. */
  get isComplete(): boolean {
    return this.#answered.size === this.#members.size;
  }

  /** The numbers, with the time it took in seconds. */
  summary(seconds: number) {
    return {
      answered: this.#answered.size,
      members: this.#members.size,
      acknowledged: this.#acknowledged.size,
      seconds: Number(seconds.toFixed(2)),
    };
  }

  /** The numbers as a line for people. */
  sentence(seconds: number): string {
    const { answered, members, acknowledged } = this.summary(seconds);
    return `${answered} of ${members} members answered in ${seconds.toFixed(2)} s, ${acknowledged} acknowledged.`;
  }

  /** What is missing from what was expected, as a sentence; undefined when nothing is. */
  shortfall(expected: Expectation): string | undefined {
    const wanted = expected === "all" ? this.#members.size : expected;
    if (this.#answered.size >= wanted) return undefined;
    const silent = [...this.#members].filter((name) => !this.#answered.has(name));
    return (
      `${this.#answered.size} answered, --expect ${expected} asks for ${wanted}` +
      (silent.length > 0 ? `; no answer came from ${silent.join(", ")}.` : ".")
    );
  }
}

/** @throws UserError when the text is neither a number from 0 nor `all`. */
export function expectationFrom(text: string): Expectation {
  if (text === "all") return text;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UserError(`--expect is "${text}", allowed are a number from 0 and "all".`);
}

/** Seconds. @throws UserError when the text is no number above 0 and up to 3600. */
export function timeoutFrom(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new UserError(`--timeout is "${text}", allowed are seconds above 0, up to 3600.`);
}
