import { describe, expect, test } from "vitest";
import { connect } from "../../../../../github/support/api/client.ts";
import { type Refusal, startGitHub } from "../server.ts";

const issue = "GET /repos/acme/serf/pulls/1";
const purpose = { what: "show pull request 1", permission: "pull-requests: read" };

/** Asks for a pull request that is refused like this, with seconds that take a millisecond. */
async function ask(...refusals: readonly Refusal[]) {
  const github = await startGitHub();
  github.pullRequests.set(1, { number: 1 });
  github.refuse(issue, ...refusals);
  const env = {
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.name,
    GITHUB_API_URL: `${github.url}/`,
  };
  const { octokit, place, ask } = connect(env, 1);
  const answer = await ask(purpose, () =>
    octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...place, pull_number: 1 }),
  ).then(
    ({ data }) => data.number,
    (error: unknown) => (error as Error).message,
  );
  return { answer, requests: github.asked.length };
}

const times = (count: number, refusal: Refusal) => Array.from({ length: count }, () => refusal);
const inAnHour = String(Math.ceil(Date.now() / 1000) + 3600);

describe("a request is repeated", () => {
  test.each([
    ["after a failure of GitHub's", { status: 502 }],
    ["when GitHub says when", { status: 429, headers: { "retry-after": "2" } }],
    ["after a secondary rate limit", { status: 403, message: "a secondary rate limit" }],
    [
      "when the rate limit is reset soon",
      { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" } },
    ],
  ])("%s", async (_, refusal) => {
    expect(await ask(refusal, refusal)).toEqual({ answer: 1, requests: 3 });
  });
});

describe("a request is given up", () => {
  test.each<[string, Refusal[], RegExp, number]>([
    [
      "after three repetitions",
      times(9, { status: 503, message: "Unicorn!" }),
      /^GitHub did not show pull request 1 \(503, Unicorn!\): run this again later\.$/,
      4,
    ],
    [
      "after three waits",
      times(9, { status: 429, headers: { "retry-after": "3" } }),
      /^GitHub did not show pull request 1 \(429, Refused\): its rate limit is used up until 20\S+Z\.$/,
      4,
    ],
    [
      "when the rate limit lasts",
      [{ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": inAnHour } }],
      /its rate limit is used up until 20\S+Z\.$/,
      1,
    ],
    [
      "without the permission",
      [{ status: 403, message: "Resource not accessible by integration" }],
      /\(403, Resource not accessible by integration\): give the job the permission `pull-requests: read`\.$/,
      1,
    ],
    [
      "when there is nothing",
      [{ status: 404, message: "Not Found" }],
      /\(404, Not Found\): check that it exists in the repository, and give the job the permission `pull-requests: read`\.$/,
      1,
    ],
    [
      "when issues are off",
      [
        {
          status: 410,
          message: "Issues are disabled for this repo - https://docs.github.com/v3/issues/",
        },
      ],
      /\(410, Issues are disabled for this repo\): switch issues on in the repository's settings; .*`pull-requests: read`\.$/,
      1,
    ],
    [
      "when GitHub does not accept it",
      [{ status: 422, message: "Validation\nFailed" }],
      /\(422, Validation Failed\): it does not accept what was sent; .*`pull-requests: read`\.$/,
      1,
    ],
    ["with a wrong token", [{ status: 401 }], /: set GITHUB_TOKEN to a valid token\.$/, 1],
  ])("%s", async (_, refusals, sentence, requests) => {
    const given = await ask(...refusals);
    expect(given.answer).toMatch(sentence);
    expect(given.requests).toBe(requests);
  });
});

describe("the environment", () => {
  const env = {
    GITHUB_TOKEN: "t0ken",
    GITHUB_REPOSITORY: "acme/serf",
    GITHUB_API_URL: "https://api.github.com",
  };

  test.each(Object.keys(env))("must have %s", (name) => {
    expect(() => connect({ ...env, [name]: "" })).toThrow(
      `${name} is not set; GitHub Actions sets`,
    );
  });

  test("must name a repository and an API", () => {
    expect(() => connect({ ...env, GITHUB_REPOSITORY: "serf" })).toThrow(
      'GITHUB_REPOSITORY is "serf", allowed is OWNER/REPO.',
    );
    expect(() => connect({ ...env, GITHUB_API_URL: "github.com" })).toThrow(
      'GITHUB_API_URL is "github.com", allowed is one like https://api.github.com.',
    );
  });
});
