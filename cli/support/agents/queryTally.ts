/** Counts which members have answered a query. */
import { UserError } from "../../../lib/host/errors.ts";
import type { QueryRecord } from "../../../lib/serf/messages.ts";

/** How many members must answer: a number, or all that the query addresses. */
export type Expectation = number | "all";

export class QueryTally {
  readonly #members: Set<string>;
  readonly #acknowledged = new Set<string>();
  readonly #answered = new Set<string>();

  /** @param members the names of the members that the query addresses. */
  constructor(members: readonly string[]) {
    this.#members = new Set(members);
  }

  add({ type, from }: QueryRecord): void {
    // A member that joined after the query was sent may answer it as well.
    this.#members.add(from);
    // The answer may arrive before the acknowledgement, and implies it.
    this.#acknowledged.add(from);
    if (type === "response") this.#answered.add(from);
  }

  /** Whether every member has answered. */
  get isComplete(): boolean {
    return this.#answered.size === this.#members.size;
  }

  /** @param seconds how long the query took. */
  summary(seconds: number) {
    return {
      answered: this.#answered.size,
      members: this.#members.size,
      acknowledged: this.#acknowledged.size,
      seconds: Number(seconds.toFixed(2)),
    };
  }

  /** The summary as a line for people to read. */
  sentence(seconds: number): string {
    const { answered, members, acknowledged } = this.summary(seconds);
    return `${answered} of ${members} members answered in ${seconds.toFixed(2)} s, ${acknowledged} acknowledged.`;
  }

  /** A sentence that says who did not answer; undefined when enough members did. */
  shortfall(expected: Expectation): string | undefined {
    const wanted = expected === "all" ? this.#members.size : expected;
    if (this.#answered.size >= wanted) return undefined;
    const silent = [...this.#members].filter((name) => !this.#answered.has(name));
    return (
      `${this.#answered.size} answered, --expect ${expected} requires ${wanted}` +
      (silent.length > 0 ? `; no answer from ${silent.join(", ")}.` : ".")
    );
  }
}

/** @throws UserError when the text is neither a number of at least 0 nor `all`. */
export function expectationFrom(text: string): Expectation {
  if (text === "all") return text;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UserError(`--expect is "${text}", allowed are a number from 0 and "all".`);
}

/** Reads seconds. @throws UserError unless it is a number above 0 and at most 3600. */
export function timeoutFrom(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new UserError(`--timeout is "${text}", allowed are seconds above 0, up to 3600.`);
}
