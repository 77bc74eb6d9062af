import { expect, test } from "vitest";
import { codeBlock, inert } from "../../../../github/support/inert.ts";

const gap = "\u200b";

test.each([
  ["a mention", "@octocat", `@${gap}octocat`],
  ["a team", "@acme/admins", `@${gap}acme/admins`],
  [
    "a mention by an entity",
    "&#64;octocat &commat;octocat",
    `&${gap}#${gap}64;octocat &${gap}commat;octocat`,
  ],
  ["HTML", "<img src=x>", `<${gap}img src=x>`],
  ["a comment", "<!-- serf-cluster -->", `<${gap}!-- serf-cluster -->`],
  ["the end of a fold", "</details>", `<${gap}/details>`],
  ["a link", "[dev](https://evil.example)", `[dev]${gap}(https:${gap}//evil.example)`],
  ["an image", "![x](//evil.example/x.png)", `![x]${gap}(//evil.example/x.png)`],
  ["a link by reference", "[dev][1]\n\n[1]: /x", `[dev]${gap}[1]\n\n[1]${gap}: /x`],
  [
    "an address",
    "http://evil.example _www.evil.example",
    `http:${gap}//evil.example _www${gap}.evil.example`,
  ],
  ["an issue", "#12 acme/other#3 GH-4", `#${gap}12 acme/other#${gap}3 GH-${gap}4`],
  ["a fence", "```\n~~~", `\`${gap}\`\`\n~${gap}~~`],
  ["control characters", "a\u0000\u001b[31mb\rc\td\ne", "a[31mbc\td\ne"],
  ["text that runs backwards", "a\u202eb\u2066c\u200fd", "abcd"],
])("%s has no effect", (_, text, safe) => {
  expect(inert(text)).toBe(safe);
});

test.each([
  "**2 members join, no other member is touched.**",
  "> [!CAUTION]\n> All 5 members are down at the same time. `maxUnavailable` lets them.",
  "| member | what happens |\n| --- | --- |\n| serf-dev-joiner-1 | joins |",
  "### Stack `dev`\n\nResources: 2 to create & 3 to update.",
])("what a review is made of stays as it is: %s", (text) => {
  expect(inert(text)).toBe(text);
});

test("nothing breaks out of a block of code", () => {
  expect(codeBlock("a\n```\n<img>\n`````", "diff")).toBe(
    "``````diff\na\n```\n<img>\n`````\n``````",
  );
  expect(codeBlock("a\u202eb", "text")).toBe("```text\nab\n```");
});
