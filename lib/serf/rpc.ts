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

/** The options of a client. */
export interface RpcOptions extends RpcConnectionOptions {
  /** The token in the agent's `rpc_auth`. Default: none. */
  readonly token?: string | undefined;
}

/** Seconds; longer than Serf's own default timeout of a query, for any number of members. */
const longestQuery = 60;

/** Milliseconds between two checks whether the agent of a stream still answers. */
const heartbeat = 10_000;

export class SerfRpc {
  readonly #connection: RpcConnection;

  /**
   * Opens a client on a stream, which belongs to the client from then on.
   *
   * @throws RpcError when the agent does not answer, uses another version or refuses the token.
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

  /** Whether the client is unusable: it was closed, the agent closed the connection, or an answer was late. */
  get isOver(): boolean {
    return this.#connection.isOver;
  }

  /** Sends a user event to all members. */
  async event(name: string, payload: Uint8Array, coalesce: boolean): Promise<void> {
    await this.#connection.request("event", { Name: name, Payload: payload, Coalesce: coalesce });
  }

  /**
   * The members whose tags match. A missing tag counts as empty.
   *
   * @param tags regular expressions (https://golang.org/s/re2syntax), each of which must match the whole value of
   *   its tag. Serf closes the connection if one is invalid. Default: none.
   * @param timeout milliseconds. Default: the connection's.
   * @returns them sorted by name.
   */
  async members(tags: Readonly<Record<string, string>> = {}, timeout?: number): Promise<Member[]> {
    const body = { Tags: tags, Status: "", Name: "" };
    return membersFrom(
      await this.#connection.request("members-filtered", body, { body: "unless refused" }, timeout),
    );
  }

  /**
   * Makes the agent exchange its state with the members at these addresses, one after the other.
   *
   * @param timeout milliseconds. The agent continues after that.
   * @returns how many members answered.
   */
  async join(addresses: readonly string[], timeout?: number): Promise<number> {
    const body = { Existing: addresses, Replay: false };
    return joinedFrom(await this.#connection.request("join", body, { body: "always" }, timeout));
  }

  /** Removes a member that has failed or left from the cluster's member list. */
  async forget(name: string): Promise<void> {
    await this.#connection.request("force-leave", { Node: name, Prune: true });
  }

  /**
   * Sends a query, and returns acknowledgements and answers until Serf stops waiting, which is after the query's
   * own timeout.
   */
  async *query(query: Query): AsyncGenerator<QueryRecord, void, undefined> {
    const { name, payload, nodes = [], tags = {}, timeout = 0 } = query;
    const records = new Records<unknown>();
    const body = {
      FilterNodes: nodes,
      FilterTags: tags,
      RequestAck: true,
      RelayFactor: 0,
      // Serf expects nanoseconds.
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
        // When a query has timed out, Serf may send empty records before the final one.
        if (answer.from !== "") yield answer;
      }
    } finally {
      clearTimeout(timer);
      records.end();
    }
  }

  /** Changes the keys of all members. A member that does not answer, or fails, is not an error here. */
  async changeKeys(command: KeyCommand, key: string): Promise<KeyChange> {
    const options = { body: "always" } as const;
    return keyChangeFrom(await this.#connection.request(command, { Key: key }, options));
  }

  /** Lists the keys of all members. A member that does not answer, or fails, is not an error here. */
  async listKeys(): Promise<KeyList> {
    return keyListFrom(await this.#connection.request("list-keys", undefined, { body: "always" }));
  }

  /** The cluster's events from now on. Ends when the client is closed. */
  async *stream(): AsyncGenerator<SerfEvent, void, undefined> {
    const records = new Records<unknown>();
    await this.#connection.request("stream", { Type: "*" }, { records });
    // A hanging agent keeps its connection open. "stop" for a stream that does not exist has no effect.
    const look = () => void this.#connection.request("stop", { Stop: 0 }).catch(() => undefined);
    const timer = setInterval(look, heartbeat);
    try {
      for await (const record of records) yield eventFrom(record);
    } finally {
      clearInterval(timer);
      records.end();
    }
  }

  /** Closes the connection. Pending requests are rejected, and streams end. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}
