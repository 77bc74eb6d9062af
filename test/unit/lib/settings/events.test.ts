import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { faultsOf, place } from "../../support/settings.ts";

describe("events", () => {
  const eventsOf = (events: unknown[]) => ({ events: JSON.stringify(events) });

  test("have a name and an optional payload", () => {
    const events = [{ name: "reload" }, { name: "deploy", payload: "1", coalesce: true }];
    expect(parseSettings(eventsOf(events), place).events).toEqual([
      { name: "reload", payload: "", coalesce: false },
      { name: "deploy", payload: "1", coalesce: true },
    ]);
  });

  test.each<[unknown, RegExp]>([
    [1, /^events\[0\] is 1, allowed is a map with the strings name/],
    [{ payload: "x" }, /^events\[0\]\.name has no value; set one/],
    [
      { name: "a", payload: 1.1 },
      /^events\[0\]\.payload is 1\.1, which is not a string, .*; quote it/,
    ],
    [{ name: true }, /^events\[0\]\.name is true, which is not a string, .*; quote it/],
    [{ name: "a", coalesce: "yes" }, /^events\[0\]\.coalesce is "yes", allowed is true or false/],
    [{ name: "a", to: "b" }, /^events\[0\]\.to is not a setting of an event/],
    [
      { name: "a", payload: "x".repeat(600) },
      /^events\[0\]: The event takes 639 bytes, Serf allows 512/,
    ],
    [{ name: "" }, /^events\[0\]: /],
  ])("%j is refused", (event, fault) => {
    const faults = faultsOf(eventsOf([event]));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });
});
