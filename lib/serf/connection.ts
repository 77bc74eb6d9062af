/** Requests to Serf's RPC and their answers over one connection; serfRpc.ts has the commands. */
import type { Duplex } from "node:stream";
import { decodeValues, encodeRequest, headerFrom } from "./codec.ts";
import type { Records } from "./records.ts";

/** An agent that refused, did not answer in time or went away. The message is a sentence. */
export class RpcError extends Error {
  override readonly name = "RpcError";
}

/** How an agent is spoken to. */
export interface RpcConnectionOptions {
  /** Whose agent it is, for messages. */
  readonly name: string;
  /** Milliseconds in which the agent must answer a request. Default: 10,000. */
  readonly timeout?: number | undefined;
  /** Closes the connection when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What comes for a request after the header of its answer. */
export interface Following {
  /** A body; one that always comes counts also when the header tells of an error. Default: none. */
  readonly body?: "always" | "unless refused";
  /** Records, each with a header of its own. Default: none. */
  readonly records?: Records<unknown>;
}

interface Exchange extends Following {
  readonly seq: number;
  readonly answer: PromiseWithResolvers<unknown>;
  isAnswered: boolean;
}

export class RpcConnection {
  /** For messages. */
  readonly who: string;
  /** Milliseconds in which the agent must answer a request that says nothing else. */
  readonly timeout: number;
  readonly #stream: Duplex;
  readonly #exchanges = new Map<number, Exchange>();
  /** The exchange whose body or record comes next; otherwise a header comes. */
  #current: Exchange | undefined;
  #seq = 0;
  #failure: RpcError | undefined;

  /** @param stream is the connection's from then on. */
  constructor(stream: Duplex, { name, timeout = 10_000, signal }: RpcConnectionOptions) {
    this.#stream = stream;
    this.who = `agent of ${name}`;
    this.timeout = timeout;
    const abort = () => void this.close();
    signal?.addEventListener("abort", abort);
    stream.once("close", () => signal?.removeEventListener("abort", abort));
    // The reader meets errors, too, but not those that come after its end.
    stream.on("error", () => undefined);
    void this.#read();
    if (signal?.aborted) abort();
  }

  /** Whether nothing can be asked any more. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Sends a request.
   *
   * @param timeout milliseconds in which it must be answered.
   * @returns the body of the answer; undefined where none follows.
   * @throws RpcError when the agent refuses, is late or has gone; the last two end the connection.
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

  /** Ends the connection. What is under way is refused, records end. */
  async close(): Promise<void> {
    this.#settle(new RpcError(`The connection to the ${this.who} was closed.`), true);
    if (this.#stream.closed) return;
    this.#stream.end();
    const timer = setTimeout(() => this.#stream.destroy(), 2000);
    await new Promise((resolve) => this.#stream.once("close", resolve));
    clearTimeout(timer);
  }

  /** After a failure nothing more can be read: whose answer would be next is not known. */
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
    if (exchange === undefined) throw new TypeError(`an answer to request ${seq} came`);
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
      // Whom it concerns waits for it; others were answered long ago.
      answer.promise.catch(() => undefined);
      answer.reject(failure);
      records?.end(isWanted ? undefined : failure);
    }
  }
}
