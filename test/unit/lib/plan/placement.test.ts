import { describe, expect, test } from "vitest";
import { spread } from "../../../../lib/plan/placement.ts";

const engine = (name: string, labels: Record<string, string> = {}) => ({
  ...{ name, host: `tcp://${name}:2375`, labels },
});
const engines = [engine("a"), engine("b", { disk: "ssd" }), engine("c", { disk: "ssd" })];

function group(name: string, count: number, on: Record<string, string> = {}) {
  return { on, joiners: Array.from({ length: count }, (_, index) => `${name}-${index + 1}`) };
}

const placed = (groups: ReturnType<typeof group>[], recorded = {}, among = engines) =>
  Object.fromEntries(spread(groups, among, new Map(Object.entries(recorded))));

test("a group is spread by number", () => {
  expect(placed([group("web", 4)])).toEqual({
    ...{ "web-1": "a", "web-2": "b", "web-3": "c", "web-4": "a" },
  });
});

test("several groups even each other out", () => {
  const all = placed([group("x", 1), group("y", 1), group("z", 1)]);
  expect(Object.values(all).sort()).toEqual(["a", "b", "c"]);
});

test("a group with labels runs only where they are", () => {
  const all = placed([group("db", 3, { disk: "ssd" })]);
  expect(Object.values(all).sort()).toEqual(["b", "b", "c"]);
});

describe("joiners stay", () => {
  const recorded = { "web-1": "a", "web-2": "b", "web-3": "a" };
  const two = engines.slice(0, 2);

  test("when another engine comes", () => {
    expect(placed([group("web", 3)], recorded)).toEqual(recorded);
    expect(placed([group("web", 4)], recorded)["web-4"]).toBe("c");
  });

  test("when the number changes", () => {
    expect(placed([group("web", 2)], recorded, two)).toEqual({ "web-1": "a", "web-2": "b" });
  });

  test("except those whose engine is gone or has lost the label", () => {
    expect(placed([group("web", 3)], recorded, [engines[0]!])["web-2"]).toBe("a");
    const labelled = group("web", 3, { disk: "ssd" });
    expect(placed([labelled], recorded)).toEqual({ "web-1": "c", "web-2": "b", "web-3": "b" });
  });
});

test("a group that no engine may run is left out, and no engines place nobody", () => {
  expect(placed([group("db", 1, { disk: "tape" })])).toEqual({});
  expect(placed([group("db", 1)], {}, [])).toEqual({});
});
