/** A client of Serf's RPC. */
import type { Duplex } from "node:stream";
import type { Member } from "../components/members.ts";
import { Records } from "./records.ts";
import {
  decodeValues,
  encodeRequest,
  eventFrom,
  headerFrom,
  keyChangeFrom,
  keyListFrom,
  membersFrom,
  type QueryRecord,
  queryRecordFrom,
  type SerfEvent,
} from "./serfCodec.ts";

/** An agent that refused, did not answer in time or went away. The message is a sentence. */
export class RpcError extends Error {
  override readonly name = "RpcError";
}

/** How an agent is spoken to. */
export interface RpcOptions {
  /** Whose agent it is, for messages. */
  readonly name: string;
  /** What the agent's `rpc_auth` asks for. Default: none. */
  readonly token?: string | undefined;
  /** Milliseconds in which the agent must answer a request. Default: 10,000. */
  readonly timeout?: number;
  /** Closes the connection when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What is done with a key of the gossip by all members. */
export type KeyCommand = "install-key" | "use-key" | "remove-key";

/** What has come of it. */
export interface KeyChange {
  /** How many members there are. */
  readonly members: number;
  readonly answered: number;
  /** Members that could not do it, with what they said. */
  readonly faults: readonly { readonly member: string; readonly fault: string }[];
}

/** Which keys members have. */
export interface KeyList extends KeyChange {
  /** How many members have a key, by the key. */
  readonly keys: ReadonlyMap<string, number>;
}

/** A question to members. */
export interface Query {
  readonly name: string;
  readonly payload: Uint8Array;
  /** The members that it is for, by name. Default: all. */
  readonly nodes?: readonly string[];
  /** Regular expressions, each of which must fit a part of that tag. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Seconds that Serf waits for answers. Default: as Serf computes it from the number of members. */
  readonly timeout?: number | undefined;
}

interface Exchange {
  readonly seq: number;
  readonly answer: PromiseWithResolvers<unknown>;
  /** Whether a body follows the header of the answer. */
  readonly hasBody: boolean;
  /** Whether it follows, and counts, when the header tells of an error, too. */
  readonly hasBodyAfterError: boolean;
  /** What follows the answer, each with a header of its own. */
  readonly records?: Records<unknown>;
  isAnswered: boolean;
}

/** Longer than Serf lets a query last by its own formula, however many the members are. */
const longestQuery = 60;

/** Milliseconds between two looks whether the agent of a stream still answers. */
const heartbeat = 10_000;

export class SerfRpc {
  readonly #connection: Duplex;
  readonly #who: string;
  readonly #timeout: number;
  readonly #exchanges = new Map<number, Exchange>();
  /** The exchange whose body or record comes next; otherwise a header comes. */
  #current: Exchange | undefined;
  #seq = 0;
  #failure: RpcError | undefined;

  /**
   * Begins to speak to an agent; the connection is the client's from then on.
   *
   * @throws RpcError when it does not answer, speaks another version or refuses the token.
   */
  static async open(connection: Duplex, options: RpcOptions): Promise<SerfRpc> {
    const rpc = new SerfRpc(connection, options);
    try {
      await rpc.#request("handshake", { Version: 1 });
      if (options.token !== undefined) await rpc.#request("auth", { AuthKey: options.token });
      return rpc;
    } catch (error) {
      await rpc.close();
      throw error;
    }
  }

  private constructor(connection: Duplex, { name, timeout = 10_000, signal }: RpcOptions) {
    this.#connection = connection;
    this.#who = `agent of ${name}`;
    this.#timeout = timeout;
    const abort = () => void this.close();
    signal?.addEventListener("abort", abort);
    connection.once("close", () => signal?.removeEventListener("abort", abort));
    // The reader meets errors, too, but not those that come after its end.
    connection.on("error", () => undefined);
    void this.#read();
    if (signal?.aborted) abort();
  }

  /** Sends a user event to all members. */
  async event(name: string, payload: Uint8Array, coalesce: boolean): Promise<void> {
    await this.#request("event", { Name: name, Payload: payload, Coalesce: coalesce });
  }

  /**
   * The members whose tags fit; a tag that a member lacks is empty.
   *
   * @param tags regular expressions (https://golang.org/s/re2syntax), each of which must fit the
   *   whole tag. Serf ends the connection when it cannot read one. Default: none.
   */
  async members(tags: Readonly<Record<string, string>> = {}): Promise<Member[]> {
    const body = { Tags: tags, Status: "", Name: "" };
    return membersFrom(await this.#request("members-filtered", body, { hasBody: true }));
  }

  /**
   * Asks members; acknowledgements and answers come until Serf waits no longer. The deadline for
   * that is the query's own.
   */
  async *query(query: Query): AsyncGenerator<QueryRecord, void, undefined> {
    const { name, payload, nodes = [], tags = {}, timeout = 0 } = query;
    const records = new Records<unknown>();
    const body = {
      FilterNodes: nodes,
      FilterTags: tags,
      RequestAck: true,
      RelayFactor: 0,
      // Serf counts in nanoseconds.
      Timeout: Math.round(timeout * 1e9),
      Name: name,
      Payload: payload,
    };
    await this.#request("query", body, { records });
    const limit = (timeout || longestQuery) * 1000 + this.#timeout;
    const late = `The ${this.#who} did not end the query within ${limit / 1000} s.`;
    const timer = setTimeout(() => this.#fail(late), limit);
    try {
      for await (const record of records) {
        const answer = queryRecordFrom(record);
        if (answer.type === "done") return;
        // When its time is over, Serf may send some records of nobody before the one that says so.
        if (answer.from !== "") yield answer;
      }
    } finally {
      clearTimeout(timer);
      records.end();
    }
  }

  /** Changes the keys of all members. A member without an answer or with a fault is no error here. */
  async changeKeys(command: KeyCommand, key: string): Promise<KeyChange> {
    const options = { hasBody: true, hasBodyAfterError: true };
    return keyChangeFrom(await this.#request(command, { Key: key }, options));
  }

  /** Asks all members for their keys. A member without an answer or with a fault is no error here. */
  async listKeys(): Promise<KeyList> {
    return keyListFrom(
      await this.#request("list-keys", undefined, { hasBody: true, hasBodyAfterError: true }),
    );
  }

  /** The events of the cluster from now on. Ends when the client is closed. */
  async *stream(): AsyncGenerator<SerfEvent, void, undefined> {
    const records = new Records<unknown>();
    await this.#request("stream", { Type: "*" }, { records });
    // An agent that hangs keeps its connection. "stop" for a stream that is not there does nothing.
    const look = () => void this.#request("stop", { Stop: 0 }).catch(() => undefined);
    const timer = setInterval(look, heartbeat);
    try {
      for await (const record of records) yield eventFrom(record);
    } finally {
      clearInterval(timer);
      records.end();
    }
  }

  /** Ends the connection. What is under way is refused, streams end. */
  async close(): Promise<void> {
    this.#settle(new RpcError(`The connection to the ${this.#who} was closed.`), true);
    if (this.#connection.closed) return;
    this.#connection.end();
    const timer = setTimeout(() => this.#connection.destroy(), 2000);
    await new Promise((resolve) => this.#connection.once("close", resolve));
    clearTimeout(timer);
  }

  async #request(
    command: string,
    body: object | undefined,
    follows: Partial<Pick<Exchange, "records" | "hasBody" | "hasBodyAfterError">> = {},
  ): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const seq = ++this.#seq;
    const answer = Promise.withResolvers<unknown>();
    const expected = { hasBody: false, hasBodyAfterError: false, isAnswered: false };
    this.#exchanges.set(seq, { seq, answer, ...expected, ...follows });
    this.#connection.write(encodeRequest(command, seq, body));
    const late = `The ${this.#who} did not answer within ${this.#timeout / 1000} s.`;
    const timer = setTimeout(() => this.#fail(late), this.#timeout);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const value of decodeValues(this.#connection)) this.#receive(value);
      this.#fail(`The ${this.#who} closed the connection.`);
    } catch (error) {
      const reason = (error as Error).message.replace(/\.$/, "");
      const fault =
        error instanceof TypeError
          ? `The ${this.#who} does not speak Serf's RPC`
          : `The connection to the ${this.#who} failed`;
      this.#fail(`${fault}: ${reason}.`);
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
    if (error !== "" && !exchange.hasBodyAfterError) {
      this.#exchanges.delete(seq);
      exchange.answer.reject(new RpcError(`The ${this.#who} refused: ${error}.`));
    } else if (exchange.hasBody || exchange.isAnswered) this.#current = exchange;
    else this.#answer(exchange, undefined);
  }

  #answer(exchange: Exchange, value: unknown): void {
    exchange.isAnswered = true;
    exchange.answer.resolve(value);
    if (exchange.records === undefined) this.#exchanges.delete(exchange.seq);
  }

  /** After a failure nothing more can be read: whose answer would be next is not known. */
  #fail(sentence: string): void {
    this.#settle(new RpcError(sentence), false);
    this.#connection.destroy();
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
