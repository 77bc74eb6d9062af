import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { markdownReview, mostCharacters, textReview } from "../../../../lib/review/markdown.ts";
import {
  isRefusedOnly,
  policySentences,
  type PolicyViolation,
  refusal,
  violationsIn,
} from "../../../../lib/review/policies.ts";
import { parsePreview } from "../../../../lib/review/preview.ts";

const grow = parsePreview(
  readFileSync(join(import.meta.dirname, "previews", "grow.json"), "utf8"),
)!;

const mandatory = (policy: string, message: string, resource?: string): PolicyViolation => ({
  ...{ policy, message, resource, isMandatory: true },
});
const advisory = (policy: string, message: string): PolicyViolation => ({
  ...{ policy, message, resource: undefined, isMandatory: false },
});

/** A line of Pulumi's log of events. */
const logged = (policyName: string, enforcementLevel: string, urn: string, message: string) =>
  JSON.stringify({
    sequence: 7,
    policyEvent: {
      ...{ policyName, enforcementLevel, resourceUrn: urn, message, color: "raw" },
      ...{ policyPackName: "serf", policyPackVersion: "1.0.0" },
    },
  });

describe("the log of events", () => {
  const container =
    "urn:pulumi:dev::serf::serf:cluster:Seed$docker:index/container:Container::seed";
  const stack = "urn:pulumi:dev::serf::pulumi:pulumi:Stack::serf-dev";

  test("has violations among other events", () => {
    const text = "<{%fg 13%}>No container is privileged.\nprivileged is true.<{%reset%}>\n";
    const log = [
      '{"sequence":1,"preludeEvent":{"config":{}}}',
      logged("not-privileged", "mandatory", container, text),
      '{"sequence":3,"policyLoadEvent":{}}',
      logged("neighbour-table", "advisory", stack, "<{%fg 13%}>Room for all.<{%reset%}>\n"),
      "",
    ].join("\n");
    expect(violationsIn(log)).toEqual([
      advisory("neighbour-table", "Room for all."),
      mandatory("not-privileged", "privileged is true.", "seed"),
    ]);
  });

  test("may be empty", () => {
    expect(violationsIn("")).toEqual([]);
  });
});

test("a refusal names each policy once, and advice refuses nothing", () => {
  const violations = [mandatory("a", "x", "one"), mandatory("a", "y", "two"), mandatory("b", "z")];
  expect(refusal(violations)).toBe("Refused by policy: a, b. ");
  expect(refusal([advisory("a", "x")])).toBe("");
});

test("a preview that failed for something else as well is no review", () => {
  const error = { severity: "error", message: "no engine" };
  const refused = [mandatory("a", "x")];
  expect(isRefusedOnly({ steps: [] }, refused)).toBe(true);
  expect(isRefusedOnly({ steps: [], diagnostics: [error] }, refused)).toBe(false);
  expect(isRefusedOnly({ steps: [] }, [advisory("a", "x")])).toBe(false);
});

test("what several resources break is said once", () => {
  const of = (...names: string[]) => names.map((name) => mandatory("a", "x is 1.", name));
  expect(policySentences(of("j-1", "j-2"))).toEqual(["a (j-1, j-2): x is 1."]);
  expect(policySentences(of("j-1", "j-2", "j-3", "j-4"))).toEqual([
    "a (j-1, j-2, j-3 and 1 more): x is 1.",
  ]);
  expect(policySentences([...of("j-1"), mandatory("a", "y is 2.", "j-1")])).toHaveLength(2);
});

describe("a review", () => {
  const violations = [
    mandatory("not-privileged", "privileged is true, allowed is false.", "joiner-4"),
    advisory("neighbour-table", "The table has 1024."),
  ];
  const of = { stack: "cap", maxUnavailable: undefined, violations };

  test("begins with what policies refuse, and lists what they advise", () => {
    expect(textReview(grow, of)).toMatch(
      new RegExp(
        "^Refused by policy: not-privileged. 2 members join, no other member is touched.\n" +
          "CAUTION: not-privileged \\(joiner-4\\): privileged is true, allowed is false.\n" +
          "Policy neighbour-table: The table has 1024.\n",
      ),
    );
    const review = markdownReview(grow, of);
    expect(review).toContain("**Refused by policy: not-privileged. 2 members join,");
    expect(review).toContain("> [!CAUTION]\n> not-privileged (joiner-4): privileged is true");
    expect(review).toContain("\n\nPolicy neighbour-table: The table has 1024.\n\n");
  });

  test("stays short enough for a comment", () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      mandatory("a", `ports is ${"x".repeat(100)}${index}.`, `joiner-${index}`),
    );
    const review = markdownReview(grow, { ...of, violations: many });
    expect(review.length).toBeLessThanOrEqual(mostCharacters);
    expect(review).toContain("and 1980 more");
  });
});
