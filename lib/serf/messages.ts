import type { Member } from "../cluster/members.ts";

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

/** What an agent tells of its cluster. */
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
      /** The time of the cluster's Lamport clock for events or for queries. */
      readonly lamport: number;
    };

/** What comes back for a query. */
export interface QueryRecord {
  /** `ack`: a member has the query; `response`: it answers; `done`: Serf waits no longer. */
  readonly type: "ack" | "response" | "done";
  /** The member's name; empty for `done`. */
  readonly from: string;
  readonly payload: Uint8Array;
}

/** What stands before each answer and each record. */
export interface ResponseHeader {
  readonly seq: number;
  /** Empty when all went well. */
  readonly error: string;
}
