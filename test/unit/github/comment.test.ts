import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { marker } from "../../../github/support/review/comment.ts";
import { runProgram, scratchFolder, written } from "./support/programs.ts";
import { type GitHub, startGitHub } from "./support/server.ts";

const sha = "a".repeat(40);
const comments = "/repos/acme/serf/issues/7/comments";

/** A server with pull request 7, of a branch or of a fork. */
async function pullRequest(from: string | null = "acme/serf"): Promise<GitHub> {
  const github = await startGitHub();
  const repo = from === null ? null : { full_name: from };
  github.pullRequests.set(7, { number: 7, head: { sha, repo } });
  return github;
}

function review(stack = "dev", more = ""): string {
  const text = `### Stack \`${stack}\`\n\n**1 member of ${stack} joins.**\n\n${more}Resources: 1 to create.\n`;
  return written(`${stack}.md`, text);
}

const run = (github: GitHub, ...args: readonly string[]) =>
  runProgram("comment", ["--pull-request", "7", ...args], github);

describe.concurrent("the comment", () => {
  test("is created, then edited in place, then left as it is", async () => {
    const github = await pullRequest();
    github.addComment(7, "LGTM", "octocat");
    const file = review();
    expect(await run(github, file)).toEqual({
      ...{ code: 0, err: "", out: "Created comment 7001 on pull request 7.\n" },
    });
    const second = await run(github, file, review("prod"));
    expect(second.out).toBe("Updated comment 7001 on pull request 7.\n");
    const [, comment] = github.commentsOf(7);
    expect(comment!.body).toContain("- `prod`: 1 member of prod joins.");
    const third = await run(github, file, review("prod"));
    expect(third.out).toBe("Comment 7001 on pull request 7 is up to date.\n");
    expect(github.commentsOf(7)).toHaveLength(2);
    expect(github.writes).toEqual([
      `POST ${comments}`,
      "PATCH /repos/acme/serf/issues/comments/7001",
    ]);
  });

  test("is found on the third page", async () => {
    const github = await pullRequest();
    for (let index = 0; index < 240; index++) github.addComment(7, "hello", "octocat");
    const own = github.addComment(7, `${marker}\n\nold`);
    const { out } = await run(github, review());
    expect(out).toBe(`Updated comment ${own.id} on pull request 7.\n`);
    expect(github.asked.filter((line) => line === `GET ${comments}`)).toHaveLength(3);
  });

  test("is not somebody else's who has copied the marker", async () => {
    const github = await pullRequest();
    const forged = github.addComment(7, `${marker}\n\nAll is well.`, "mallory");
    github.addComment(7, `See ${marker}`);
    const { out } = await run(github, review());
    expect(out).toContain("Created comment");
    expect(forged.body).toContain("All is well.");
  });

  test("says that no stack is concerned any more, and is not made for that", async () => {
    const github = await pullRequest();
    const before = await run(github);
    expect(before.out).toBe("The change concerns no stack, and pull request 7 has no comment.\n");
    expect(github.writes).toEqual([]);
    const own = github.addComment(7, `${marker}\n\nold`);
    const after = await run(github);
    expect(after.out).toContain("Updated comment");
    expect(own.body).toBe(`${marker}\n\nThis change concerns no stack any more.`);
  });

  test("is never too long", async () => {
    const github = await pullRequest();
    const files = ["dev", "staging", "prod"].map((stack) =>
      review(stack, `${"x ".repeat(30_000)}\n\n`),
    );
    const link = "https://github.com/acme/serf/actions/runs/1";
    const { code, err } = await run(github, "--run-url", link, ...files);
    expect([code, err]).toEqual([0, ""]);
    expect(github.commentsOf(7)[0]!.body).toContain(`[the job's summary](${link})`);
  });

  test("is made once although GitHub fails after it has made it", async () => {
    const github = await pullRequest();
    github.refuse(`POST ${comments}`, { status: 502, isDone: true });
    const { code, out } = await run(github, review());
    expect([code, out]).toEqual([0, "Created comment 7000 on pull request 7.\n"]);
    expect(github.commentsOf(7)).toHaveLength(1);
  });

  test("is made after GitHub has failed or asked to wait", async () => {
    const github = await pullRequest();
    github.refuse(`GET ${comments}`, { status: 502 });
    github.refuse(`POST ${comments}`, { status: 429, headers: { "retry-after": "1" } });
    const { code } = await run(github, review());
    expect(code).toBe(0);
    expect(github.commentsOf(7)).toHaveLength(1);
  });
});

describe.concurrent("a review that a fork has written", () => {
  test.each(["mallory/serf", null])("is called that, and has no effect (%s)", async (from) => {
    const github = await pullRequest(from);
    await run(github, "--commit", sha, review("dev", `${marker} @octocat <img src=x>\n\n`));
    const { body } = github.commentsOf(7)[0]!;
    expect(body).toContain("The change comes from a fork");
    expect(body.split(marker)).toHaveLength(2);
    expect(body).not.toMatch(/@octocat|<img/);
  });

  test("is not posted to another pull request", async () => {
    const github = await pullRequest();
    const { code, err } = await run(github, "--commit", "b".repeat(40), review());
    expect(code).toBe(1);
    expect(err).toBe(
      `error: Pull request 7 is at commit ${sha}, but the review is of ${"b".repeat(40)}; its comment is left as it ` +
        "is.\n",
    );
    expect(github.writes).toEqual([]);
  });

  test("is no link to a file of the machine", async () => {
    const github = await pullRequest();
    const link = join(scratchFolder(), "review.md");
    symlinkSync(review(), link);
    const { code, err } = await run(github, link);
    expect([code, err]).toEqual([1, `error: ${link} is not a regular file.\n`]);
    expect(github.asked).toEqual([]);
  });
});

describe.concurrent("one sentence says", () => {
  test.each([
    [["--pull-request", "7; ls"], '--pull-request is "7; ls", allowed is'],
    [["LICENSE"], "LICENSE is no review;"],
    [
      ["--pull-request", "8"],
      "GitHub did not show pull request 8 of acme/serf (404, Not Found): check that it exists",
    ],
  ])("what is wrong with %j", async (args, sentence) => {
    const github = await pullRequest();
    const { code, out, err } = await run(github, ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`error: ${sentence}`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("that two files are of one stack", async () => {
    const { err } = await run(await pullRequest(), review(), review());
    expect(err).toBe("error: Two files are reviews of stack dev; give one.\n");
  });

  test("which permission is missing, and asks once", async () => {
    const github = await pullRequest();
    const message = "Resource not accessible by integration";
    github.refuse(`POST ${comments}`, { status: 403, message });
    const { code, err } = await run(github, review());
    expect(code).toBe(1);
    expect(err).toBe(
      `error: GitHub did not write a comment on pull request 7 (403, ${message}): give the job the permission ` +
        "`pull-requests: write`.\n",
    );
    expect(github.writes).toHaveLength(1);
  });

  test("that the token is wrong or missing", async () => {
    const github = await pullRequest();
    const args = ["--pull-request", "7", review()];
    const wrong = await runProgram("comment", args, github, { GITHUB_TOKEN: "another-token" });
    expect(wrong.err).toContain("(401, Bad credentials): set GITHUB_TOKEN to a valid token.");
    expect(wrong.err).not.toContain("another-token");
    const none = await runProgram("comment", args, github, { GITHUB_TOKEN: undefined });
    expect(none.err).toMatch(/^error: GITHUB_TOKEN is not set; GitHub Actions sets it if .*\n$/);
  });
});
