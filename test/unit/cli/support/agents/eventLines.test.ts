import { describe, expect, test } from "vitest";
import { eventJson, eventLine } from "../../../../../cli/support/agents/eventLines.ts";
import {
  payloadFrom,
  readablePayload,
  shownPayload,
} from "../../../../../cli/support/agents/payload.ts";

const time = new Date(2026, 0, 2, 3, 4, 5, 6);
const member = {
  name: "a",
  address: "172.30.0.2",
  status: "alive",
  tags: { role: "seed" },
} as const;
const other = { name: "b", address: "172.30.0.3", status: "alive", tags: {} } as const;
const user = { type: "user", name: "deploy", payload: Buffer.from("1.2.3\n"), lamport: 9 } as const;

describe("for people", () => {
  test("members with their tags", () => {
    expect(eventLine({ type: "member-join", members: [member, other] }, time)).toBe(
      "03:04:05.006  member-join    a 172.30.0.2 role=seed, b 172.30.0.3",
    );
  });

  test("events and queries, with and without a payload", () => {
    expect(eventLine(user, time)).toBe("03:04:05.006  event          deploy  1.2.3");
    expect(eventLine({ ...user, type: "query", payload: new Uint8Array() }, time)).toBe(
      "03:04:05.006  query          deploy",
    );
  });

  test("one line, whatever names and payloads contain", () => {
    const event = { ...user, name: "\u001b[31mx", payload: Buffer.from("a\nb\tc") };
    expect(eventLine(event, time)).toBe("03:04:05.006  event          \\u001b[31mx  a\\nb\\tc");
  });
});

describe("for programs", () => {
  test("members", () => {
    expect(JSON.parse(eventJson({ type: "member-failed", members: [member] }, time))).toEqual({
      time: time.toISOString(),
      type: "member-failed",
      members: [{ name: "a", address: "172.30.0.2", tags: { role: "seed" } }],
    });
  });

  test("payloads keep every byte", () => {
    expect(JSON.parse(eventJson(user, time))).toEqual({
      time: time.toISOString(),
      type: "user",
      name: "deploy",
      payload: "1.2.3\n",
      encoding: "utf-8",
      lamport: 9,
    });
  });
});

describe("payloads", () => {
  test.each([
    ["", "", "utf-8"],
    ["c3a4f09f918be2808d0a", "ä👋\u200d\n", "utf-8"],
    ["efbbbf61", "\ufeffa", "utf-8"],
    ["ff00", "/wA=", "base64"],
    ["1b5b33316d", "G1szMW0=", "base64"],
    ["e280ae61", "4oCuYQ==", "base64"],
  ])("of the bytes %s", (hex, payload, encoding) => {
    expect(readablePayload(Buffer.from(hex, "hex"))).toEqual({ payload, encoding });
  });

  test("that are not text are marked as base64", () => {
    expect(shownPayload(Uint8Array.of(0xff, 0))).toBe(
      "/wA= (base64 of 2 bytes that are not printable text)",
    );
  });

  test("come from the argument", async () => {
    expect(await payloadFrom(undefined)).toHaveLength(0);
    expect(await payloadFrom("ä")).toEqual(Buffer.from([0xc3, 0xa4]));
  });
});
