/**
 * Encodes and decodes the messages of Serf's RPC. They are in MessagePack: a header, followed by a body for some
 * commands.
 *
 * Source: https://github.com/hashicorp/serf/blob/v0.11.0/cmd/serf/command/agent/ipc.go
 */
import { Decoder, encode } from "@msgpack/msgpack";
import { SocketAddress } from "node:net";
import { compareNames, type Member } from "../cluster/members.ts";
import type { KeyChange, KeyList, QueryRecord, ResponseHeader, SerfEvent } from "./messages.ts";

/** Encodes a request. Strings are sent as strings, `Uint8Array` as binary data. */
export function encodeRequest(command: string, seq: number, body?: object): Buffer {
  const header = encode({ Command: command, Seq: seq });
  return Buffer.concat(body === undefined ? [header] : [header, encode(body)]);
}

/** Decodes the values in a stream of bytes, as they arrive. */
export function decodeValues(bytes: AsyncIterable<Uint8Array>): AsyncGenerator {
  // Strings are decoded as bytes, since older encoders do not distinguish strings from binary data.
  return new Decoder({ rawStrings: true }).decodeStream(bytes);
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws TypeError when the value is not a header. */
export function headerFrom(value: unknown): ResponseHeader {
  const { Seq: seq, Error: error } = fields(value, "a header");
  if (typeof seq !== "number") throw new TypeError("a header has no sequence number");
  return { seq, error: text(error) };
}

/** The members in an answer, sorted by name. */
export function membersFrom(body: unknown): Member[] {
  const members = memberList(fields(body, "a list of members")["Members"]);
  return members.sort((a, b) => compareNames(a.name, b.name));
}

/** The number of members that a join has reached. */
export function joinedFrom(body: unknown): number {
  const { Num: joined } = fields(body, "a join's result");
  if (typeof joined !== "number") throw new TypeError("the result of a join has no number");
  return joined;
}

/** The result of a key command. */
export function keyChangeFrom(body: unknown): KeyChange {
  const {
    NumNodes: members,
    NumResp: answered,
    Messages: messages,
  } = fields(body, "a key's change");
  if (typeof members !== "number" || typeof answered !== "number") {
    throw new TypeError("the result of a key command has no numbers");
  }
  const replies = Object.entries((messages ?? {}) as Fields);
  const faults = replies.map(([member, fault]) => ({ member, fault: text(fault) }));
  return { members, answered, faults: faults.filter(({ fault }) => fault !== "") };
}

/** The result of listing the keys. */
export function keyListFrom(body: unknown): KeyList {
  const keys = Object.entries((fields(body, "a list of keys")["Keys"] ?? {}) as Fields);
  const counts = keys.map(([key, count]): [string, number] => [key, Number(count)]);
  return { ...keyChangeFrom(body), keys: new Map(counts) };
}

/** @throws TypeError when the value is not an event of a known type. */
export function eventFrom(record: unknown): SerfEvent {
  const event = fields(record, "an event");
  const type = text(event["Event"]);
  switch (type) {
    case "member-join":
    case "member-leave":
    case "member-failed":
    case "member-update":
    case "member-reap":
      return { type, members: memberList(event["Members"]) };
    case "user":
    case "query":
      return {
        type,
        name: text(event["Name"]),
        payload: bytes(event["Payload"]),
        lamport: Number(event["LTime"]),
      };
    default:
      throw new TypeError(`an event has the unknown type "${type}"`);
  }
}

/** @throws TypeError when the value is not a query's record. */
export function queryRecordFrom(record: unknown): QueryRecord {
  const { Type: type, From: from, Payload: payload } = fields(record, "a query's record");
  const name = text(type);
  if (name !== "ack" && name !== "response" && name !== "done") {
    throw new TypeError(`a record of a query has the unknown type "${name}"`);
  }
  return { type: name, from: text(from), payload: bytes(payload) };
}

/**
 * Formats an IPv4 or IPv6 address of 4 or 16 bytes; Go stores IPv4 addresses in either form. Empty for other
 * lengths.
 */
export function addressFrom(address: Uint8Array): string {
  if (address.length === 4) return address.join(".");
  if (address.length !== 16) return "";
  const mapped = Buffer.from("00000000000000000000ffff", "hex");
  if (mapped.equals(address.subarray(0, 12))) return address.subarray(12).join(".");
  const groups = Buffer.from(address).toString("hex").match(/.{4}/g)!.join(":");
  return new SocketAddress({ address: groups, family: "ipv6" }).address;
}

function memberList(list: unknown): Member[] {
  return ((list ?? []) as unknown[]).map((item) => {
    const member = fields(item, "a member");
    const tags = Object.entries((member["Tags"] ?? {}) as Fields);
    return {
      name: text(member["Name"]),
      address: addressFrom(bytes(member["Addr"])),
      status: text(member["Status"]) as Member["status"],
      tags: Object.fromEntries(tags.map(([key, value]) => [key, text(value)])),
    };
  });
}

function fields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TypeError(`${what} was expected, but received ${JSON.stringify(value)}`);
}

/** A copy, because the decoder returns a view of its buffer. Go encodes a nil slice as null. */
function bytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array();
}

function text(value: unknown): string {
  return Buffer.from(bytes(value)).toString();
}
