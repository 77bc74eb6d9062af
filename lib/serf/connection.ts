/** Sends requests to Serf's RPC and receives the answers over one connection; rpc.ts has the commands. */
import type { Duplex } from "node:stream";
import { decodeValues, encodeRequest, headerFrom } from "./codec.ts";
import type { Records } from "./records.ts";

/** An agent refused a request, did not answer in time, or closed the connection. The message is a sentence. */
export class RpcError extends Error {
  override readonly name = "RpcError";
}

/** The options of a connection to an agent. */
export interface RpcConnectionOptions {
  /** The agent's member name, for messages. */
  readonly name: string;
  /** Timeout of a request in milliseconds. Default: 10,000. */
  readonly timeout?: number | undefined;
  /** Closes the connection when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What follows the header of an answer. */
export interface Following {
  /** Whether a body follows: `always` means even if the header has an error. Default: no body. */
  readonly body?: "always" | "unless refused";
  /** Receives the records that follow, each with a header of its own. Default: no records. */
  readonly records?: Records<unknown>;
}

interface Exchange extends Following {
  readonly seq: number;
  readonly answer: PromiseWithResolvers<unknown>;
  isAnswered: boolean;
}

export class RpcConnection {
  /** The agent's name in messages. */
  readonly who: string;
  /** The default timeout of a request in milliseconds. */
  readonly timeout: number;
  readonly #stream: Duplex;
  readonly #exchanges = new Map<number, Exchange>();
  /** The exchange whose body or record is expected next; undefined if a header is expected. */
  #current: Exchange | undefined;
  #seq = 0;
  #failure: RpcError | undefined;

  /** @param stream is owned by the connection from then on. */
  constructor(stream: Duplex, { name, timeout = 10_000, signal }: RpcConnectionOptions) {
    this.#stream = stream;
    this.who = `agent of ${name}`;
    this.timeout = timeout;
    const abort = () => void this.close();
    signal?.addEventListener("abort", abort);
    stream.once("close", () => signal?.removeEventListener("abort", abort));
    // The reader handles errors as well, but not those after its end.
    stream.on("error", () => undefined);
    void this.#read();
    if (signal?.aborted) abort();
  }

  /** Whether the connection is closed or has failed. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Sends a request.
   *
   * @param timeout milliseconds until it must be answered.
   * @returns the body of the answer; undefined if there is none.
   * @throws RpcError when the agent refuses, does not answer in time or has closed the connection. After the last
   *   two the connection is unusable.
   */
  async request(
    command: string,
    body: object | undefined,
    following: Following = {},
    timeout = this.timeout,
  ): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const seq = ++this.#seq;
    const answer = Promise.withResolvers<unknown>();
    this.#exchanges.set(seq, { ...following, seq, answer, isAnswered: false });
    this.#stream.write(encodeRequest(command, seq, body));
    const late = `The ${this.who} did not answer within ${timeout / 1000} s.`;
    const timer = setTimeout(() => this.fail(late), timeout);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection. Pending requests are rejected, and records end. */
  async close(): Promise<void> {
    this.#settle(new RpcError(`The connection to the ${this.who} was closed.`), true);
    if (this.#stream.closed) return;
    this.#stream.end();
    const timer = setTimeout(() => this.#stream.destroy(), 2000);
    await new Promise((resolve) => this.#stream.once("close", resolve));
    clearTimeout(timer);
  }

  /** Closes the connection after a failure: the next answer could not be assigned to a request. */
  fail(sentence: string): void {
    this.#settle(new RpcError(sentence), false);
    this.#stream.destroy();
  }

  async #read(): Promise<void> {
    try {
      for await (const value of decodeValues(this.#stream)) this.#receive(value);
      this.fail(`The ${this.who} closed the connection.`);
    } catch (error) {
      const reason = (error as Error).message.replace(/\.$/, "");
      const fault =
        error instanceof TypeError
          ? `The ${this.who} does not speak Serf's RPC`
          : `The connection to the ${this.who} failed`;
      this.fail(`${fault}: ${reason}.`);
    }
  }

  #receive(value: unknown): void {
    const exchange = this.#current;
    this.#current = undefined;
    if (exchange === undefined) this.#receiveHeader(value);
    else if (exchange.isAnswered) exchange.records?.push(value);
    else this.#answer(exchange, value);
  }

  #receiveHeader(value: unknown): void {
    const { seq, error } = headerFrom(value);
    const exchange = this.#exchanges.get(seq);
    if (exchange === undefined)
      throw new TypeError(`received an answer to the unknown request ${seq}`);
    const { body, isAnswered, answer } = exchange;
    if (error !== "" && body !== "always") {
      this.#exchanges.delete(seq);
      answer.reject(new RpcError(`The ${this.who} refused: ${error}.`));
    } else if (body !== undefined || isAnswered) this.#current = exchange;
    else this.#answer(exchange, undefined);
  }

  #answer(exchange: Exchange, value: unknown): void {
    exchange.isAnswered = true;
    exchange.answer.resolve(value);
    if (exchange.records === undefined) this.#exchanges.delete(exchange.seq);
  }

  #settle(failure: RpcError, isWanted: boolean): void {
    if (this.#failure) return;
    this.#failure = failure;
    for (const { answer, records } of this.#exchanges.values()) {
      // Callers that wait for an answer get the rejection; answered requests must not cause an unhandled one.
      answer.promise.catch(() => undefined);
      answer.reject(failure);
      records?.end(isWanted ? undefined : failure);
    }
  }
}
