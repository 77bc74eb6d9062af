/** The connection to GitHub's API. */
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { RequestError } from "@octokit/request-error";
import { UserError } from "../../../lib/host/errors.ts";
import { explained, type Purpose } from "./failures.ts";
import { secondsToWait } from "./rateLimits.ts";

/** How often a request is repeated. */
const retries = 3;

/** A longer wait for a rate limit is refused, since the job would only stand. */
const longestWait = 300;

/** Seconds for an answer. */
const timeout = 30;

const Client = Octokit.plugin(paginateRest, rateLimits, retry);

/** The repository, and how to ask for what it has. */
export interface Repository {
  readonly octokit: InstanceType<typeof Client>;
  /** The parameters of each route. */
  readonly place: { readonly owner: string; readonly repo: string };
  /** `OWNER/REPO`. */
  readonly name: string;
  /** Does something with the API, and explains its failure. */
  readonly ask: <T>(purpose: Purpose, request: () => Promise<T>) => Promise<T>;
  /** The login of the token's owner. */
  readonly viewer: () => Promise<string>;
}

/**
 * Connects to the repository that the environment names, as GitHub Actions sets it.
 *
 * @param second the milliseconds of a second of waiting. Default: 1000.
 */
export function connect(env: NodeJS.ProcessEnv, second = 1000): Repository {
  const [token, name, api] = ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL"].map((key) =>
    needed(env, key),
  ) as [string, string, string];
  const { owner, repo } = /^(?<owner>[\w.-]+)\/(?<repo>[\w.-]+)$/.exec(name)?.groups ?? {};
  if (owner === undefined || repo === undefined) {
    throw new UserError(`GITHUB_REPOSITORY is "${name}", allowed is OWNER/REPO.`);
  }
  if (!/^https?:\/\/[^\s?#]+$/.test(api)) {
    throw new UserError(`GITHUB_API_URL is "${api}", allowed is one like https://api.github.com.`);
  }
  const octokit = new Client({
    auth: token,
    baseUrl: api.replace(/\/+$/, ""),
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: AbortSignal.timeout(timeout * 1000) }),
    },
    // 429 is left to the rate limits, which know how long to wait.
    retry: {
      retries,
      retryAfterBaseValue: second,
      doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451],
    },
  });
  const ask = async <T>(purpose: Purpose, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw explained(error, purpose);
    }
  };
  const viewer = async () => {
    // GET /user is closed to the tokens of GitHub Actions and of apps.
    const purpose = { what: "say whose GITHUB_TOKEN is", permission: "metadata: read" };
    const { viewer } = await ask(purpose, () =>
      octokit.graphql<{ viewer: { login: string } }>("query { viewer { login } }"),
    );
    return viewer.login;
  };
  return { octokit, place: { owner, repo }, name, ask, viewer };
}

function needed(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new UserError(
    `${name} is not set; GitHub Actions sets ${name === "GITHUB_TOKEN" ? "it if a step's env has GITHUB_TOKEN: ${{ github.token }}" : "it"}.`,
  );
}

/** Repeats requests that were refused for a rate limit, when GitHub wants them. Stands before the plugin `retry`. */
function rateLimits(octokit: Octokit) {
  octokit.hook.error("request", (error, { request }) => {
    if (!(error instanceof RequestError)) throw error;
    const { status, message, response } = error;
    const wait = secondsToWait({ status, message, headers: response?.headers ?? {} }, Date.now());
    if (wait !== undefined && wait <= longestWait) {
      // The plugin reads from here how often, and after how long.
      error.request.request = { ...request, ...error.request.request, retries, retryAfter: wait };
    }
    throw error;
  });
  return {};
}
