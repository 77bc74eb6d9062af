import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatRatio,
  formatSeconds,
  formatSpread,
  median,
  ratio,
  spread,
  valuesOf,
} from "../../../../bench/report/figures.ts";
import { resultsOf } from "../sample.ts";

describe("figures", () => {
  test.each([
    [[], undefined],
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ])("the median of %j is %j", (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test("the spread is the minimum and the maximum", () => {
    expect(spread([2, 3, 1])).toEqual([1, 3]);
    expect(spread([])).toBeUndefined();
  });

  test("a ratio is unknown when a figure is unknown or the divisor is zero", () => {
    expect(ratio(3, 2)).toBe(1.5);
    expect(ratio(undefined, 2)).toBeUndefined();
    expect(ratio(3, undefined)).toBeUndefined();
    expect(ratio(3, 0)).toBeUndefined();
  });

  test("selects the values of one contender, size and metric", () => {
    const { measurements } = resultsOf([
      ["ours", 3, "up", [1, 2]],
      ["ours", 3, "plan", [3]],
      ["ours", 100, "up", [4]],
      ["limit", 3, "up", [5]],
    ]);
    expect(valuesOf(measurements, "ours", 3, "up")).toEqual([1, 2]);
  });

  test.each([
    [undefined, "–"],
    [0.123, "0.12"],
    [9.994, "9.99"],
    [9.996, "10.0"],
    [123.44, "123.4"],
  ])("%j seconds are formatted as %s", (value, text) => {
    expect(formatSeconds(value)).toBe(text);
  });

  test("other figures have their units, and unknown ones are a dash", () => {
    expect(formatRatio(1.149)).toBe("1.15 ×");
    expect(formatRatio(undefined)).toBe("–");
    expect(formatBytes(46135)).toBe("46.1 kB");
    expect(formatSpread([1, 12])).toBe("1.00–12.0");
    expect(formatSpread(undefined)).toBe("–");
  });
});
