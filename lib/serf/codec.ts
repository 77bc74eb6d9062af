/**
 * What Serf's RPC sends, as values of ours: MessagePack, first a header and then, for some commands,
 * a body.
 *
 * Source: https://github.com/hashicorp/serf/blob/v0.11.0/cmd/serf/command/agent/ipc.go
 */
import { Decoder, encode } from "@msgpack/msgpack";
import { SocketAddress } from "node:net";
import { compareNames, type Member } from "../cluster/members.ts";
import type { KeyChange, KeyList, QueryRecord, ResponseHeader, SerfEvent } from "./messages.ts";

/** The bytes of a request. Texts are sent as texts, `Uint8Array` as bytes. */
export function encodeRequest(command: string, seq: number, body?: object): Buffer {
  const header = encode({ Command: command, Seq: seq });
  return Buffer.concat(body === undefined ? [header] : [header, encode(body)]);
}

/** The values in a stream of bytes, as they come. */
export function decodeValues(bytes: AsyncIterable<Uint8Array>): AsyncGenerator {
  // Texts stay bytes until they are asked for as texts: older encoders mark both alike.
  return new Decoder({ rawStrings: true }).decodeStream(bytes);
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws TypeError when the value is no header. */
export function headerFrom(value: unknown): ResponseHeader {
  const { Seq: seq, Error: error } = fields(value, "a header");
  if (typeof seq !== "number") throw new TypeError("a header has no sequence number");
  return { seq, error: text(error) };
}

/** The members in an answer, by their names. */
export function membersFrom(body: unknown): Member[] {
  const members = memberList(fields(body, "a list of members")["Members"]);
  return members.sort((a, b) => compareNames(a.name, b.name));
}

/** How many members a join has reached. */
export function joinedFrom(body: unknown): number {
  const { Num: joined } = fields(body, "a join's result");
  if (typeof joined !== "number") throw new TypeError("a join's result has no number");
  return joined;
}

/** What members did with a key. */
export function keyChangeFrom(body: unknown): KeyChange {
  const {
    NumNodes: members,
    NumResp: answered,
    Messages: messages,
  } = fields(body, "a key's change");
  if (typeof members !== "number" || typeof answered !== "number") {
    throw new TypeError("a key's change has no numbers");
  }
  const said = Object.entries((messages ?? {}) as Fields);
  const faults = said.map(([member, fault]) => ({ member, fault: text(fault) }));
  return { members, answered, faults: faults.filter(({ fault }) => fault !== "") };
}

/** Which keys members have. */
export function keyListFrom(body: unknown): KeyList {
  const keys = Object.entries((fields(body, "a list of keys")["Keys"] ?? {}) as Fields);
  const counts = keys.map(([key, count]): [string, number] => [key, Number(count)]);
  return { ...keyChangeFrom(body), keys: new Map(counts) };
}

/** @throws TypeError when the value is no event, or none that is known here. */
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
      throw new TypeError(`an event is of the type "${type}"`);
  }
}

/** @throws TypeError when the value is none. */
export function queryRecordFrom(record: unknown): QueryRecord {
  const { Type: type, From: from, Payload: payload } = fields(record, "a query's record");
  const name = text(type);
  if (name !== "ack" && name !== "response" && name !== "done") {
    throw new TypeError(`a query's record is of the type "${name}"`);
  }
  return { type: name, from: text(from), payload: bytes(payload) };
}

/** An IPv4 or IPv6 address of 4 or 16 bytes; Go holds IPv4 in either. Empty when there is none. */
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
  throw new TypeError(`${what} was expected, but ${JSON.stringify(value)} came`);
}

/** A copy, since the decoder's is a part of all that came. A nil slice in Go comes as null. */
function bytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array();
}

function text(value: unknown): string {
  return Buffer.from(bytes(value)).toString();
}
