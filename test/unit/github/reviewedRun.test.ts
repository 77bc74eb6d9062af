import { describe, expect, test } from "vitest";
import { runProgram } from "./support/programs.ts";
import { type GitHub, startGitHub } from "./support/server.ts";

const merge = "a".repeat(40);
const head = "b".repeat(40);
const pulls = `/repos/acme/serf/commits/${merge}/pulls`;

/** A server with a merged pull request, and with runs of its last commit and of others. */
async function merged(from = "acme/serf"): Promise<GitHub> {
  const github = await startGitHub();
  const pull = { number: 7, merged_at: "2026-11-27T00:00:00Z", merge_commit_sha: merge };
  const others = Array.from({ length: 120 }, (_, index) => ({
    ...{ number: 100 + index, merged_at: null, merge_commit_sha: null },
    head: { sha: merge, repo: null },
  }));
  const head_repository = { full_name: "acme/serf" };
  github.pullRequestsOf.set(merge, [
    ...others,
    { ...pull, head: { sha: head, repo: { full_name: from } } },
  ]);
  const run = { head_sha: head, head_repository, pull_requests: [{ number: 7 }] };
  github.runs = [
    { ...run, id: 11, created_at: "2026-11-26T01:00:00Z" },
    { ...run, id: 12, created_at: "2026-11-26T02:00:00Z" },
    { ...run, id: 13, created_at: "2026-11-26T03:00:00Z", head_sha: merge },
    {
      ...run,
      id: 14,
      created_at: "2026-11-26T04:00:00Z",
      head_repository: { full_name: "mallory/serf" },
    },
  ];
  return github;
}

const run = (github: GitHub, ...args: readonly string[]) =>
  runProgram("reviewedRun", ["--commit", merge, "--workflow", "preview.yml", ...args], github);

test("the pull request and the newest run of its last commit are printed", async () => {
  expect(await run(await merged())).toEqual({
    ...{ code: 0, err: "" },
    out: `{"pullRequest":7,"headCommit":"${head}","run":12}\n`,
  });
});

describe.concurrent("one sentence says why there is none", () => {
  test("when the commit was pushed", async () => {
    const { code, out, err } = await run(await startGitHub());
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe(
      `Commit ${merge} is not of a merged pull request, so no review has seen it.\n`,
    );
  });

  test("when the change came from a fork", async () => {
    const { code, err } = await run(await merged("mallory/serf"));
    expect(code).toBe(2);
    expect(err).toMatch(/^Pull request 7 came from a fork, .* no reviewed plan\.\n$/);
  });

  test("when no run has succeeded", async () => {
    const github = await merged();
    github.runs = [];
    const { code, err } = await run(github);
    expect(code).toBe(2);
    expect(err).toBe(
      `No run of preview.yml has succeeded for ${head}, the last commit of pull request 7: there is no reviewed plan.\n`,
    );
  });
});

describe.concurrent("it fails otherwise", () => {
  test("when GitHub cannot say", async () => {
    const github = await merged();
    github.refuse(`GET ${pulls}`, { status: 422, message: `No commit found for SHA: ${merge}` });
    const { code, err } = await run(github);
    expect(code).toBe(1);
    expect(err).toContain(
      `(422, No commit found for SHA: ${merge}): it does not accept what was sent`,
    );
  });

  test.each([
    [["--workflow", "nothing.yml"], "GitHub did not list the runs of nothing.yml (404, Not Found)"],
    [["--workflow", "../x"], '--workflow is "../x", allowed is a file\'s name like preview.yml.'],
  ])("with %j", async (args, sentence) => {
    const { code, out, err } = await run(await merged(), ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`error: ${sentence}`);
  });
});
