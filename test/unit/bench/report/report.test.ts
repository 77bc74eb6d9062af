import { describe, expect, test } from "vitest";
import { goals, judge } from "../../../../bench/report/goals.ts";
import { renderMarkdown } from "../../../../bench/report/markdown.ts";
import { renderSvg, steps } from "../../../../bench/report/svg.ts";
import { resultsOf } from "../sample.ts";

const results = resultsOf(
  [
    ["limit", 100, "up", [20, 22, 21]],
    ["ours", 100, "up", [24, 23, 30]],
    ["ours", 200, "up", [50.4]],
    ["ours", 100, "grow", [6]],
    ["ours", 3, "plan", [1.0]],
    ["ours", 3, "up", [2]],
    ["terraform", 100, "up", [20]],
    ["ours", 100, "state", [1_000_000]],
  ],
  { sizes: [3, 100, 200], missing: { compose: "it was not built" } },
);

function verdict(what: string) {
  return judge(
    goals.find((goal) => goal.what.startsWith(what))!,
    results,
  );
}

describe("goals", () => {
  test("compare the median with the allowed maximum", () => {
    expect(verdict("`up`, N = 100, relative to `terraform")).toEqual(["1.20 ×", "**not met**"]);
    expect(verdict("preview that changes nothing, N = 3")).toEqual(["1.00 s", "met"]);
    expect(verdict("`up` from 100 joiners to 101")).toEqual(["0.25 ×", "met"]);
  });

  test("are reported as not measured when there is no figure", () => {
    expect(verdict("`up`, N = 100, relative to `compose")).toEqual(["–", "not measured"]);
  });
});

describe("results.md", () => {
  const text = renderMarkdown(results);

  test("has a table for each N with median, spread and the ratio to the limit", () => {
    expect(text).toContain("## 3 joiners");
    expect(text).toMatch(/\| ours +\| 24\.0 \(23\.0–30\.0\) \|.* 1\.14 × +\| 1000\.0 kB \|/);
  });

  test("shows a dash for figures that were not measured, and names missing contenders", () => {
    expect(text).toContain("**compose is missing**: it was not built");
    expect(text).toMatch(/\| compose +\| – +\| – /);
  });

  test("lists failures with the first line of their reason", () => {
    const failure = {
      contender: "ours",
      joiners: 3,
      round: 2,
      step: "up",
      reason: "a|b\nc",
    } as const;
    expect(renderMarkdown({ ...results, failures: [failure] })).toContain(
      "| ours | 3 | 2 | up | a\\|b |",
    );
    expect(text).not.toContain("## Failures");
  });

  test("says how the limit's parallelism was chosen", () => {
    const parallelismTried = [{ atOnce: 4, seconds: [5, 6] }];
    expect(renderMarkdown({ ...results, parallelismTried })).toContain("| 4 | 5.50 | 5.00–6.00 |");
    expect(text).toContain("This was set with `--parallelism`");
    const { limitParallelism, ...unlimited } = results;
    expect(limitParallelism).toBe(4);
    expect(renderMarkdown(unlimited)).not.toContain("parallelism");
  });
});

describe("up.svg", () => {
  test("has a line for each contender that was measured, and axes with units", () => {
    const svg = renderSvg(results);
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    expect(svg.match(/<circle/g)).toHaveLength(9);
    expect(svg).toContain("seconds</text>");
    expect(svg).toContain("joiners</text>");
    expect(svg).not.toContain("NaN");
  });

  test("is valid without any measurements", () => {
    expect(renderSvg(resultsOf([]))).not.toContain("NaN");
  });

  test.each([
    [1, 1],
    [7, 7],
    [50.4, 60],
    [120, 120],
  ])("the axis of %d s ends at %d s", (most, top) => {
    const marks = steps(most);
    expect(marks[0]).toBe(0);
    expect(marks.at(-1)).toBe(top);
    expect(marks.length).toBeLessThanOrEqual(9);
  });
});
