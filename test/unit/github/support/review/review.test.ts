import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseReview } from "../../../../../github/support/review/review.ts";
import { failedReview } from "../../../../../lib/review/markdown.ts";

const folder = "test/unit/lib/review/reviews";
const golden = readdirSync(folder);

test.each(golden)("%s is kept word for word", (name) => {
  const text = readFileSync(`${folder}/${name}`, "utf8");
  const { stack, verdict, lead, changes } = parseReview(text, name);
  const list =
    changes === undefined
      ? ""
      : `\n\n<details><summary>All changes</summary>\n\n${changes}\n\n</details>`;
  expect(`### Stack \`${stack}\`\n\n**${verdict}**\n\n${lead}${list}\n`).toBe(text);
});

test("warnings are found", () => {
  const text = readFileSync(`${folder}/subnet.md`, "utf8");
  expect(parseReview(text, "subnet.md").cautions).toEqual([
    "The network serf-cap is replaced, and every member with it.",
    "All 5 members are down at the same time. `maxUnavailable` lets them be replaced a few at a time.",
  ]);
});

test("a preview that failed is a review, too", () => {
  const text = failedReview(undefined, "error: @octocat <b> ```\n#1", "dev");
  const { verdict, lead, changes } = parseReview(text, "dev.md");
  expect(verdict).toBe("The preview failed, so nothing is known of what an `up` would change.");
  expect(lead).toBe(
    "```text\n@octocat <b> ` ` `\n#1\n```\n\n" +
      "Mend that, then run `npm run preview -- --stack dev` to see the change.",
  );
  expect(changes).toBe(undefined);
});

test.each([
  "",
  "SECRET=1",
  "### Stack `../dev`\n\n**No member is touched.**\n",
  "### Stack `dev`\n\nNo member is touched.\n",
  "### Stack `dev` `prod`\n\n**No member is touched.**\n",
])("%j is no review, and not repeated", (text) => {
  expect(() => parseReview(text, "x.md")).toThrow(
    /^x\.md is no review; `npm run preview -- --stack NAME --markdown FILE` writes one\.$/,
  );
});

describe("what a fork may have written", () => {
  const start = "### Stack `dev`\n\n**No member is touched.**\n\n";

  test("ends no fold, opens no block and notifies nobody", () => {
    const text = `${start}</details> @octocat\n\n~~~\n\n   \`\`\`\n<!-- x`;
    const { lead } = parseReview(text, "x.md");
    expect(lead).not.toMatch(/<[a-z/!]|@\w|`{3}|~{3}/);
  });

  test("stays in its block of code", () => {
    const text = `${start}<details><summary>All changes</summary>\n\n\`\`\`diff\n\`\`\`\`x\n</details>\n\`\`\`\n<img>\n`;
    expect(parseReview(text, "x.md").changes).toBe("`````diff\n````x\n`````\n\n<\u200bimg>");
  });

  test("has no language that GitHub draws or runs", () => {
    const { lead } = parseReview(`${start}\`\`\`mermaid\ngraph TD\n\`\`\``, "x.md");
    expect(lead).toBe("```text\ngraph TD\n```");
  });

  test("has short verdicts and warnings, each on one line", () => {
    const long = "x".repeat(10_000);
    const text = `### Stack \`dev\`\n\n**${long}**\n\n> [!CAUTION]\n> ${long}\n\n${long}`;
    const { verdict, cautions } = parseReview(text, "x.md");
    expect(verdict).toBe(`${"x".repeat(300)}…`);
    expect(cautions).toEqual([`${"x".repeat(300)}…`]);
  });

  test("is read in no time, however long it is", () => {
    const text = start + "`~<@[](&#x\n".repeat(500_000);
    expect(parseReview(text, "x.md").lead.length).toBeLessThan(1_000_000);
  }, 5000);
});
