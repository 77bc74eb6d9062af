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

const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), "utf8");
const grow = parsePreview(read("previews", "grow.json"))!;
/** A real preview that policies refuse, and its log of events, both shortened. */
const refused = {
  preview: parsePreview(read("events", "refused.json"))!,
  violations: violationsIn(read("events", "refused.jsonl")),
};

const mandatory = (policy: string, message: string, resource?: string): PolicyViolation => ({
  ...{ policy, message, resource, isMandatory: true },
});
const advisory = (policy: string, message: string): PolicyViolation => ({
  ...{ policy, message, resource: undefined, isMandatory: false },
});

test("violations are found among the events of a real preview", () => {
  expect(refused.violations).toEqual([
    mandatory("member-limit", "The stack has 5 members, allowed are 4."),
    {
      ...mandatory(
        "no-open-ports",
        'ports.ip of port 7946 is "0.0.0.0", allowed is one address, such as 127.0.0.1.',
        "joiner-3",
      ),
      isMandatory: false,
    },
    mandatory(
      "no-secret-in-environment",
      "RPC_TOKEN has a value and is named like a secret, allowed is stdin of a command, or a file that only the " +
        "agent reads.",
      "joiner-2",
    ),
    mandatory("not-privileged", "privileged is true, allowed is false.", "joiner-1"),
    mandatory("not-privileged", "privileged is true, allowed is false.", "joiner-2"),
  ]);
  expect(violationsIn("")).toEqual([]);
});

test("a policy that reports nothing but its description is that", () => {
  const event = {
    ...{ policyName: "a", enforcementLevel: "advisory", message: "Room for all.\n" },
    resourceUrn: "urn:pulumi:dev::serf::pulumi:pulumi:Stack::serf-dev",
  };
  expect(violationsIn(JSON.stringify({ policyEvent: event }))).toEqual([
    advisory("a", "Room for all."),
  ]);
});

test("a refusal names each policy once, and advice refuses nothing", () => {
  const violations = [mandatory("a", "x", "one"), mandatory("a", "y", "two"), mandatory("b", "z")];
  expect(refusal(violations)).toBe("Refused by policy: a, b. ");
  expect(refusal([advisory("a", "x")])).toBe("");
});

test("a preview that failed for something else as well is no review", () => {
  const { preview, violations } = refused;
  expect(isRefusedOnly(preview, violations)).toBe(true);
  const diagnostics = [...preview.diagnostics!, { severity: "error", message: "no engine" }];
  expect(isRefusedOnly({ ...preview, diagnostics }, violations)).toBe(false);
  expect(isRefusedOnly(preview, [advisory("a", "x")])).toBe(false);
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
          "Advised by policy: neighbour-table: The table has 1024.\n",
      ),
    );
    const review = markdownReview(grow, of);
    expect(review).toContain("**Refused by policy: not-privileged. 2 members join,");
    expect(review).toContain("> [!CAUTION]\n> not-privileged (joiner-4): privileged is true");
    expect(review).toContain("\n\nAdvised by policy: neighbour-table: The table has 1024.\n\n");
  });

  test("of a real preview", async () => {
    const { preview, violations } = refused;
    const review = markdownReview(preview, { ...of, violations });
    await expect(review).toMatchFileSnapshot("reviews/refused.md");
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
