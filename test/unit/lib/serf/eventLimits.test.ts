import { describe, expect, test } from "vitest";
import { eventFaults, queryFaults } from "../../../../lib/serf/eventLimits.ts";

/** The longest payload that is allowed. */
function longest(faults: (payload: Uint8Array) => string[]): number {
  let length = 0;
  while (faults(new Uint8Array(length + 1)).length === 0) length++;
  return length;
}

describe("events", () => {
  // Measured with Serf 0.11.0 and a short clock: 481, 451 and 448. 8 bytes are reserved for the clock.
  test.each([
    ["a", 473],
    ["x".repeat(31), 443],
    ["x".repeat(32), 440],
    ["ä".repeat(16), 440],
  ])("named %s may carry %i bytes", (name, bytes) => {
    expect(longest((payload) => eventFaults({ name, payload }))).toBe(bytes);
  });

  test("events that are too long are refused with the numbers", () => {
    expect(eventFaults({ name: "deploy", payload: new Uint8Array(500) })).toEqual([
      "The event takes 544 bytes, Serf allows 512: 6 for its name, 500 for its payload and up to 38 that Serf adds.",
    ]);
  });

  test("all errors are reported", () => {
    expect(eventFaults({ name: "", payload: new Uint8Array(600) })).toHaveLength(2);
  });

  test("names must not be empty or reserved by Serf", () => {
    const payload = new Uint8Array();
    expect(eventFaults({ name: "", payload })).toEqual([
      "The event's name is empty, allowed is at least one character.",
    ]);
    expect(eventFaults({ name: "_serf_ping", payload })).toEqual([
      `The event's name is "_serf_ping", but names that begin with _serf are Serf's own.`,
    ]);
    expect(eventFaults({ name: "serf", payload })).toEqual([]);
  });
});

describe("queries", () => {
  const [name, from] = ["zz", "serf-try-rpc-a"];

  // Measured with Serf 0.11.0: 24 more each, with a short clock, an IPv4 address and a short timeout.
  test.each([
    ["for all", {}, 878],
    ["for members", { nodes: ["serf-try-rpc-a", "serf-try-rpc-b"] }, 843],
    ["for tags", { tags: { role: "a|b", rack: "q" } }, 838],
    ["for 20 members", { nodes: Array.from({ length: 20 }, (_, index) => `n${index}`) }, 801],
  ])("%s", (_, filters, bytes) => {
    expect(longest((payload) => queryFaults({ name, from, payload, ...filters }))).toBe(bytes);
  });

  test("are refused as queries", () => {
    expect(queryFaults({ name: "", from, payload: new Uint8Array() })).toEqual([
      "The query's name is empty, allowed is at least one character.",
    ]);
    expect(queryFaults({ name, from, payload: new Uint8Array(1000) })[0]).toMatch(
      /^The query takes \d+ bytes, Serf allows 1024: 2 for its name, 1000 for its payload and up to \d+ that Serf adds\.$/,
    );
  });
});
