import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { faults } from "../../live/long/failures/faults.ts";
import { type Results, withTable } from "../../live/long/failures/record.ts";

const read = (...path: string[]) =>
  readFileSync(resolve(import.meta.dirname, "../../..", ...path), "utf8");
const results = JSON.parse(read("test", "failures", "results.json")) as Results;

describe("the recorded times", () => {
  test.each(Object.entries(faults))("of %s are there, and within its bound", (name, { bound }) => {
    const seconds = results.seconds[name as keyof typeof faults] ?? [];
    expect(seconds).toHaveLength(name === "upKilled" ? 10 : 1);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(bound);
  });

  test("are those of the README", () => {
    const readme = read("README.md");
    expect(withTable(readme, results)).toBe(readme);
  });
});
