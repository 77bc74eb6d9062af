import { describe, expect, test } from "vitest";
import {
  commentOf,
  type CommentParts,
  marker,
  mostCharacters,
} from "../../../../../github/support/review/comment.ts";
import type { Review } from "../../../../../github/support/review/review.ts";

const runUrl = "https://github.com/acme/serf/actions/runs/1";
const commit = "a".repeat(40);
const whole = "has the whole reviews";

function review(stack: string, changes: Partial<Review> = {}): Review {
  return {
    ...{
      stack,
      verdict: `1 member of ${stack} joins.`,
      cautions: [],
      lead: `The table of ${stack}.`,
    },
    ...{ changes: `The list of ${stack}.`, ...changes },
  };
}

function comment(reviews: readonly Review[], parts: Partial<CommentParts> = {}): string {
  return commentOf({ reviews, isFork: false, commit, runUrl, ...parts });
}

describe("the comment", () => {
  test("shows one review as it is", () => {
    expect(comment([review("dev")])).toBe(`${marker}

- \`dev\`: 1 member of dev joins.

The table of dev.

<details><summary>All changes</summary>

The list of dev.

</details>

<sub>Review of commit ${commit} by [this run](${runUrl}).</sub>`);
  });

  test("begins with all verdicts in the order of the roll-out, and folds the reviews", () => {
    const cautions = ["The volume serf-prod-data is deleted."];
    const text = comment([review("prod", { cautions }), review("dev")], { commit: undefined });
    expect(text).toBe(`${marker}

- \`dev\`: 1 member of dev joins.
- \`prod\`: 1 member of prod joins. **Caution: The volume serf-prod-data is deleted.**

<details><summary>Stack <code>dev</code></summary>

The table of dev.

<details><summary>All changes</summary>

The list of dev.

</details>

</details>

<details><summary>Stack <code>prod</code></summary>

The table of prod.

<details><summary>All changes</summary>

The list of prod.

</details>

</details>

<sub>Reviewed by [this run](${runUrl}).</sub>`);
  });

  test("says when the code under review has written it", () => {
    expect(comment([review("dev")], { isFork: true })).toMatch(
      /joins\.\n\n> \[!WARNING\]\n> The change/,
    );
  });

  test("says that no stack is concerned any more", () => {
    const text = comment([], { commit: undefined, runUrl: undefined });
    expect(text).toBe(`${marker}\n\nThis change concerns no stack any more.`);
  });
});

describe("a comment that is too long", () => {
  const long = "x".repeat(60_000);

  test("loses the longest list of changes first", () => {
    const text = comment([
      review("dev", { changes: "y".repeat(20_000) }),
      review("prod", { changes: long }),
    ]);
    expect(text.length).toBeLessThanOrEqual(mostCharacters);
    expect(text).toContain("The table of prod.");
    expect(text).toContain("yyy");
    expect(text).not.toContain("xxx");
    expect(text).toContain(`[the job's summary](${runUrl}) ${whole}`);
  });

  test("loses tables then, but no verdict", () => {
    const stacks = ["a", "b", "c"].map((stack) =>
      review(stack, { lead: long, changes: undefined }),
    );
    const text = comment(stacks, { runUrl: undefined });
    expect(text.length).toBeLessThanOrEqual(mostCharacters);
    expect(text.match(/xxx<\/details>|x\n\n<\/details>/g)).toHaveLength(1);
    for (const { verdict } of stacks) expect(text).toContain(verdict);
    expect(text).toContain(`the job's summary ${whole}`);
  });

  test("is cut when not even the verdicts fit", () => {
    const verdict = "v".repeat(300);
    const stacks = Array.from({ length: 230 }, (_, index) => review(`s${index}`, { verdict }));
    const text = comment(stacks);
    expect(text.length).toBeLessThanOrEqual(mostCharacters);
    expect(text).toMatch(/- … and \d+ more stacks\n\n<sub>/);
  });

  test.each([65_000, 65_300, 65_400, 65_500, 65_536, 65_600])(
    "fits with a list of %i",
    (length) => {
      expect(comment([review("dev", { changes: "z".repeat(length) })]).length).toBeLessThanOrEqual(
        mostCharacters,
      );
    },
  );
});
