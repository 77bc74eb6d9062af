import { describe, expect, test } from "vitest";
import { merge, withTable } from "../../../../../live/long/failures/recording/record.ts";

const machine = { cores: "2" };
const line = (fault: string, seconds: number) => `${JSON.stringify({ fault, seconds })}\n`;
const earlier = {
  date: "2026-01-01",
  machine,
  seconds: { upKilled: [9.9], joinerKilled: [1, 2], seedGone: [7] },
} as const;

describe("recorded times", () => {
  test("replace earlier times of the same faults, and keep the others", () => {
    const lines = line("upKilled", 3.14159) + line("seedKilled", 2) + line("upKilled", 4);
    const merged = merge(earlier, lines, { date: "2026-02-02", machine });
    expect(merged).toEqual({
      date: "2026-02-02",
      machine,
      seconds: { joinerKilled: [1, 2], seedKilled: [2], seedGone: [7], upKilled: [3.1, 4] },
    });
    // In the order of the table, not of the tests.
    expect(Object.keys(merged.seconds)[1]).toBe("seedKilled");
  });

  test("from another machine are dropped", () => {
    const other = { date: "2026-02-02", machine: { cores: "64" } };
    expect(merge(earlier, line("seedKilled", 2), other).seconds).toEqual({ seedKilled: [2] });
    expect(merge(undefined, line("seedKilled", 2), other).seconds).toEqual({ seedKilled: [2] });
  });
});

describe("the document's table", () => {
  const marks = [
    "<!-- failures: made by `npm run test:failures -- --record` -->",
    "<!-- end of failures -->",
  ];

  test("is written between the marks, and can be replaced again", () => {
    const document = ["before", marks[0], "what was there", marks[1], "after"].join("\n");
    const once = withTable(document, earlier);
    const lines = once.split("\n");
    expect(lines.slice(0, 3)).toEqual(["before", marks[0], ""]);
    expect(lines.slice(-3)).toEqual(["", marks[1], "after"]);
    expect(once).not.toContain("what was there");
    expect(once).toContain("\n\nMeasured on 2026-01-01: cores 2.\n\n");
    expect(withTable(once, earlier)).toBe(once);
  });

  test("has every fault, the action needed, and the shortest and longest time", () => {
    const rows = withTable(marks.join("\n"), earlier)
      .split("\n")
      .filter((row) => row.startsWith("|"))
      .map((row) => row.split("|").map((cell) => cell.trim()));
    expect(rows).toContainEqual(["", "a joiner is killed", "none", "1.0 to 2.0 s", ""]);
    expect(rows).toContainEqual(["", "the seed is removed for good", "one `up`", "7.0 s", ""]);
    expect(rows).toContainEqual(["", "the seed is killed", "none", "–", ""]);
  });

  test("is refused when the document has no marks", () => {
    expect(() => withTable("nothing", earlier)).toThrow(
      "docs/reliability.md has no marks for the table",
    );
  });
});
