/** A client of Serf's RPC. */
import type { Duplex } from "node:stream";
import type { Member } from "../cluster/members.ts";
import {
  eventFrom,
  joinedFrom,
  keyChangeFrom,
  keyListFrom,
  membersFrom,
  queryRecordFrom,
} from "./codec.ts";
import { RpcConnection, type RpcConnectionOptions } from "./connection.ts";
import type { KeyChange, KeyCommand, KeyList, Query } from "./messages.ts";
import { type QueryRecord, type SerfEvent } from "./messages.ts";
import { Records } from "./records.ts";

/** How an agent is spoken to. */
export interface RpcOptions extends RpcConnectionOptions {
  /** What the agent's `rpc_auth` asks for. Default: none. */
  readonly token?: string | undefined;
}

/** Longer than Serf lets a query last by its own formula, however many the members are. */
const longestQuery = 60;

/** Milliseconds between two looks whether the agent of a stream still answers. */
const heartbeat = 10_000;

export class SerfRpc {
  readonly #connection: RpcConnection;

  /**
   * Begins to speak to an agent; the stream is the client's from then on.
   *
   * @throws RpcError when it does not answer, speaks another version or refuses the token.
   */
  static async open(stream: Duplex, options: RpcOptions): Promise<SerfRpc> {
    const connection = new RpcConnection(stream, options);
    const { token } = options;
    try {
      await connection.request("handshake", { Version: 1 });
      if (token !== undefined) await connection.request("auth", { AuthKey: token });
      return new SerfRpc(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private constructor(connection: RpcConnection) {
    this.#connection = connection;
  }

  /** Whether nothing can be asked any more: the agent went away, was late once, or it was closed. */
  get isOver(): boolean {
    return this.#connection.isOver;
  }

  /** Sends a user event to all members. */
  async event(name: string, payload: Uint8Array, coalesce: boolean): Promise<void> {
    await this.#connection.request("event", { Name: name, Payload: payload, Coalesce: coalesce });
  }

  /**
   * The members whose tags fit; a tag that a member lacks is empty.
   *
   * @param tags regular expressions (https://golang.org/s/re2syntax), each of which must fit the
   *   whole tag. Serf ends the connection when it cannot read one. Default: none.
   * @param timeout milliseconds. Default: the connection's.
   * @returns them by their names.
   */
  async members(tags: Readonly<Record<string, string>> = {}, timeout?: number): Promise<Member[]> {
    const body = { Tags: tags, Status: "", Name: "" };
    return membersFrom(
      await this.#connection.request("members-filtered", body, { body: "unless refused" }, timeout),
    );
  }

  /**
   * Lets the agent exchange its state with the members at these addresses, one after the other.
   *
   * @param timeout milliseconds. The agent goes on after it.
   * @returns how many of them answered.
   */
  async join(addresses: readonly string[], timeout?: number): Promise<number> {
    const body = { Existing: addresses, Replay: false };
    return joinedFrom(await this.#connection.request("join", body, { body: "always" }, timeout));
  }

  /** Lets the cluster forget a member that has failed or left. */
  async forget(name: string): Promise<void> {
    await this.#connection.request("force-leave", { Node: name, Prune: true });
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
    await this.#connection.request("query", body, { records });
    const limit = (timeout || longestQuery) * 1000 + this.#connection.timeout;
    const late = `The ${this.#connection.who} did not end the query within ${limit / 1000} s.`;
    const timer = setTimeout(() => this.#connection.fail(late), limit);
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
    const options = { body: "always" } as const;
    return keyChangeFrom(await this.#connection.request(command, { Key: key }, options));
  }

  /** Asks all members for their keys. A member without an answer or with a fault is no error here. */
  async listKeys(): Promise<KeyList> {
    return keyListFrom(await this.#connection.request("list-keys", undefined, { body: "always" }));
  }

  /** The events of the cluster from now on. Ends when the client is closed. */
  async *stream(): AsyncGenerator<SerfEvent, void, undefined> {
    const records = new Records<unknown>();
    await this.#connection.request("stream", { Type: "*" }, { records });
    // An agent that hangs keeps its connection. "stop" for a stream that is not there does nothing.
    const look = () => void this.#connection.request("stop", { Stop: 0 }).catch(() => undefined);
    const timer = setInterval(look, heartbeat);
    try {
      for await (const record of records) yield eventFrom(record);
    } finally {
      clearInterval(timer);
      records.end();
    }
  }

  /** Ends the connection. What is under way is refused, streams end. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}
