import type { Member } from "../cluster/members.ts";

/** A command that all members carry out on a gossip key. */
export type KeyCommand = "install-key" | "use-key" | "remove-key";

/** The result of a {@link KeyCommand}. */
export interface KeyChange {
  /** How many members there are. */
  readonly members: number;
  readonly answered: number;
  /** The members that failed, with their error messages. */
  readonly faults: readonly { readonly member: string; readonly fault: string }[];
}

/** The keys of all members. */
export interface KeyList extends KeyChange {
  /** The number of members that have a key, by key. */
  readonly keys: ReadonlyMap<string, number>;
}

/** A query to members. */
export interface Query {
  readonly name: string;
  readonly payload: Uint8Array;
  /** The names of the members that it is for. Default: all. */
  readonly nodes?: readonly string[];
  /** Regular expressions by tag; each must match a part of the tag's value. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Seconds that Serf waits for answers. Default: calculated by Serf from the number of members. */
  readonly timeout?: number | undefined;
}

/** An event in the cluster, as reported by an agent. */
export type SerfEvent =
  | {
      readonly type:
        "member-join" | "member-leave" | "member-failed" | "member-update" | "member-reap";
      readonly members: readonly Member[];
    }
  | {
      readonly type: "user" | "query";
      readonly name: string;
      readonly payload: Uint8Array;
      /** The Lamport time of the event or query. */
      readonly lamport: number;
    };

/** An answer to a query, or its end. */
export interface QueryRecord {
  /** `ack`: a member has received the query; `response`: it answers; `done`: Serf has stopped waiting. */
  readonly type: "ack" | "response" | "done";
  /** The member's name; empty for `done`. */
  readonly from: string;
  readonly payload: Uint8Array;
}

/** The header before each answer and each record. */
export interface ResponseHeader {
  readonly seq: number;
  /** Empty if there was no error. */
  readonly error: string;
}
