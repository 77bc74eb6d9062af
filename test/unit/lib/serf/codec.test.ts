import { decodeMulti, encode } from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";
import {
  addressFrom,
  decodeValues,
  encodeRequest,
  eventFrom,
  headerFrom,
  membersFrom,
  queryRecordFrom,
} from "../../../../lib/serf/codec.ts";
import { collect } from "../../support/collect.ts";

/** What is read when the bytes arrive in chunks of this length. */
async function read(bytes: Uint8Array, length = bytes.length): Promise<unknown[]> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
  return await collect(decodeValues(ReadableStream.from(pieces)));
}

/** Encodes a value as an agent does. */
async function sent(value: unknown): Promise<unknown> {
  return (await read(encode(value)))[0];
}

/** The prefix of an IPv4 address in its 16-byte form. */
const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

const every = Uint8Array.from({ length: 256 }, (_, index) => index);

test("a request is a header and a body", () => {
  expect([...decodeMulti(encodeRequest("event", 7, { Payload: every }))]).toEqual([
    { Command: "event", Seq: 7 },
    { Payload: Buffer.from(every) },
  ]);
  expect([...decodeMulti(encodeRequest("members", 8))]).toEqual([{ Command: "members", Seq: 8 }]);
});

test("values are decoded however the bytes are split", async () => {
  const bytes = Buffer.concat([encode({ Seq: 1, Error: "" }), encode({ Seq: 2, Error: "ä" })]);
  for (const length of [1, 5, bytes.length]) {
    expect((await read(bytes, length)).map(headerFrom)).toEqual([
      { seq: 1, error: "" },
      { seq: 2, error: "ä" },
    ]);
  }
});

test("bytes that older encoders mark as text are not changed", async () => {
  // A map with one field, "Payload", whose text is the two bytes 0xff and 0x00.
  const old = Buffer.from("82a454797065a8726573706f6e7365a75061796c6f6164a2ff00", "hex");
  const [record] = await read(old);
  expect([...queryRecordFrom(record).payload]).toEqual([0xff, 0]);
});

describe("members", () => {
  test("have addresses of either length", async () => {
    const member = { Name: "a", Port: 7946, Status: "alive", Tags: { role: "seed" } };
    const body = {
      Members: [
        { ...member, Addr: Uint8Array.of(172, 30, 0, 2) },
        { ...member, Addr: Uint8Array.of(...mapped, 172, 30, 0, 3) },
        { ...member, Addr: null, Tags: null },
      ],
    };
    expect(membersFrom(await sent(body))).toEqual([
      { name: "a", address: "172.30.0.2", status: "alive", tags: { role: "seed" } },
      { name: "a", address: "172.30.0.3", status: "alive", tags: { role: "seed" } },
      { name: "a", address: "", status: "alive", tags: {} },
    ]);
    expect(membersFrom(await sent({ Members: null }))).toEqual([]);
  });

  test("IPv6 addresses are in their short form", () => {
    expect(addressFrom(Buffer.from("fd000000000000000000000000000001", "hex"))).toBe("fd00::1");
  });
});

describe("events", () => {
  test("of members", async () => {
    const event = { Event: "member-failed", Members: [{ Name: "a", Status: "failed" }] };
    expect(eventFrom(await sent(event))).toEqual({
      type: "member-failed",
      members: [{ name: "a", address: "", status: "failed", tags: {} }],
    });
  });

  test("from users, with a clock beyond 32 bits", async () => {
    const event = { Event: "user", LTime: 1764000000000, Name: "x", Payload: every };
    expect(eventFrom(await sent(event))).toEqual({
      type: "user",
      name: "x",
      payload: every,
      lamport: 1764000000000,
    });
  });

  test("of another type are refused", async () => {
    const event = await sent({ Event: "member-born" });
    expect(() => eventFrom(event)).toThrow('an event has the unknown type "member-born"');
  });
});

test("anything but a record or header is refused", async () => {
  expect(() => headerFrom(72)).toThrow("a header was expected, but received 72");
  expect(() => headerFrom({})).toThrow("a header has no sequence number");
  const record = await sent({ Type: "nack" });
  expect(() => queryRecordFrom(record)).toThrow(`a record of a query has the unknown type "nack"`);
});
