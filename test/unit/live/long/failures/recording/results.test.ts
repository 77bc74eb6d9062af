import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { faults } from "../../../../../live/long/failures/faults.ts";
import {
  documentFile,
  type Results,
  resultsFile,
  withTable,
} from "../../../../../live/long/failures/recording/record.ts";

const results = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;

describe("the recorded times", () => {
  test.each(Object.entries(faults))("of %s exist and are within the bound", (name, { bound }) => {
    const seconds = results.seconds[name as keyof typeof faults] ?? [];
    expect(seconds).toHaveLength(name === "upKilled" ? 10 : 1);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(bound);
  });

  test("match the document", () => {
    const document = readFileSync(documentFile, "utf8");
    expect(withTable(document, results)).toBe(document);
  });
});
