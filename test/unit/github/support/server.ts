/** A local server that behaves as GitHub's API does, as far as the programs use it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** A comment on an issue or a pull request. */
export interface StoredComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

export interface StoredIssue {
  readonly number: number;
  title: string;
  body: string | null;
  state: string;
  readonly user: { readonly login: string };
  readonly labels: readonly { readonly name: string }[];
  readonly pull_request?: object;
}

/** An answer that takes the place of the usual one. */
export interface Refusal {
  readonly status: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request is carried out all the same. */
  readonly isDone?: boolean;
}

/** What the repository has, and what has been asked of it. */
export class GitHub {
  /** The owner of the token. */
  readonly login = "github-actions[bot]";
  readonly token = "ghs_0123456789abcdefSECRET";
  readonly name = "acme/serf";
  readonly comments = new Map<number, StoredComment[]>();
  readonly issues: StoredIssue[] = [];
  readonly pullRequests = new Map<number, object>();
  readonly pullRequestsOf = new Map<string, object[]>();
  runs: object[] = [];
  /** The requests, as `METHOD path`. */
  readonly asked: string[] = [];
  /** Refusals by `METHOD path`, each of which is given once. */
  readonly refusals: [string, Refusal][] = [];
  /** Whether labels may not be set. */
  dropsLabels = false;
  url = "";

  /** The requests that have changed something. */
  get writes(): string[] {
    return this.asked.filter((one) => !one.startsWith("GET ") && !one.endsWith(" /graphql"));
  }

  commentsOf(number: number): StoredComment[] {
    const comments = this.comments.get(number) ?? [];
    this.comments.set(number, comments);
    return comments;
  }

  /** Makes somebody's comment. */
  addComment(number: number, body: string, login = this.login): StoredComment {
    const comment = { id: number * 1000 + this.commentsOf(number).length, body, user: { login } };
    this.commentsOf(number).push(comment);
    return comment;
  }

  addIssue(issue: Partial<StoredIssue>): StoredIssue {
    const made: StoredIssue = {
      ...{ number: this.issues.length + 1, title: "", body: "", state: "open" },
      ...{ user: { login: this.login }, labels: [{ name: "drift" }] },
      ...issue,
    };
    this.issues.push(made);
    return made;
  }

  refuse(request: string, ...refusals: readonly Refusal[]) {
    this.refusals.push(...refusals.map((one): [string, Refusal] => [request, one]));
  }
}

const started: (() => void)[] = [];

afterAll(() => {
  for (const stop of started.splice(0)) stop();
});

/** Starts a server that ends with the tests of the file. */
export async function startGitHub(): Promise<GitHub> {
  const github = new GitHub();
  const server = createServer((request, response) => {
    void answer(github, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  started.push(() => {
    server.closeAllConnections();
    server.close();
  });
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return github;
}

async function answer(github: GitHub, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url!, github.url);
  const line = `${request.method ?? ""} ${url.pathname}`;
  github.asked.push(line);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const sent = (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
  const reply = (status: number, data: unknown, headers: Readonly<Record<string, string>> = {}) =>
    response
      .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
      .end(JSON.stringify(data));
  const fault = (status: number, message: string, errors?: readonly object[]) =>
    reply(status, { message, errors, documentation_url: "https://docs.github.com/rest" });

  if (request.headers.authorization !== `token ${github.token}`)
    return fault(401, "Bad credentials");
  const index = github.refusals.findIndex(([one]) => one === line);
  const refusal = github.refusals[index]?.[1];
  if (refusal) {
    github.refusals.splice(index, 1);
    if (refusal.isDone) carryOut(github, line, url, sent);
    return reply(refusal.status, { message: refusal.message ?? "Refused" }, refusal.headers);
  }
  if ((sent["body"]?.length ?? 0) > 65_536) {
    const message = "body is too long (maximum is 65536 characters)";
    return fault(422, "Validation Failed", [
      { resource: "IssueComment", code: "unprocessable", message },
    ]);
  }
  const result = carryOut(github, line, url, sent);
  if (result === undefined) return fault(404, "Not Found");
  if (!Array.isArray(result.list)) return reply(result.status ?? 200, result.data);
  const { part, headers } = page(url, result.list);
  return reply(
    200,
    result.key ? { total_count: result.list.length, [result.key]: part } : part,
    headers,
  );
}

interface Result {
  readonly status?: number;
  readonly data?: unknown;
  readonly list?: readonly unknown[];
  /** The field with the list. */
  readonly key?: string;
}

function carryOut(
  github: GitHub,
  line: string,
  url: URL,
  sent: Readonly<Record<string, string>>,
): Result | undefined {
  const at = (pattern: string) =>
    new RegExp(`^${pattern.replace("REPO", `/repos/${github.name}`)}$`).exec(line);
  const found = <T>(one: T | undefined) => one && { data: one };
  let match: RegExpExecArray | null;
  if (line === "POST /graphql") return { data: { data: { viewer: { login: github.login } } } };
  if ((match = at("GET REPO/pulls/(\\d+)")))
    return found(github.pullRequests.get(Number(match[1])));
  if ((match = at("GET REPO/commits/(\\w+)/pulls"))) {
    return { list: github.pullRequestsOf.get(match[1]!) ?? [] };
  }
  if (at("GET REPO/actions/workflows/preview.yml/runs")) {
    const wanted = url.searchParams.get("head_sha");
    const list = github.runs.filter(
      (run) =>
        (run as { head_sha: string }).head_sha === wanted &&
        url.searchParams.get("status") === "success",
    );
    return { list, key: "workflow_runs" };
  }
  if ((match = at("GET REPO/issues/(\\d+)/comments"))) {
    return { list: github.commentsOf(Number(match[1])) };
  }
  if ((match = at("POST REPO/issues/(\\d+)/comments"))) {
    return { status: 201, data: github.addComment(Number(match[1]), sent["body"]!) };
  }
  if ((match = at("PATCH REPO/issues/comments/(\\d+)"))) {
    const id = Number(match[1]);
    const comment = [...github.comments.values()].flat().find((one) => one.id === id);
    return found(comment && Object.assign(comment, { body: sent["body"] }));
  }
  if (at("GET REPO/issues")) {
    const { state = "open", labels = "" } = Object.fromEntries(url.searchParams);
    const list = github.issues.filter(
      (one) =>
        (state === "all" || one.state === state) && one.labels.some(({ name }) => name === labels),
    );
    return { list: url.searchParams.get("direction") === "desc" ? list.toReversed() : list };
  }
  if (at("POST REPO/issues")) {
    const names = github.dropsLabels ? [] : (sent["labels"] as unknown as string[]);
    const labels = names.map((name) => ({ name }));
    return {
      status: 201,
      data: github.addIssue({ title: sent["title"]!, body: sent["body"]!, labels }),
    };
  }
  if ((match = at("PATCH REPO/issues/(\\d+)"))) {
    const number = Number(match[1]);
    const issue = github.issues.find((one) => one.number === number);
    return found(issue && Object.assign(issue, sent));
  }
  return undefined;
}

/** One page of a list, with the links to the others. */
function page(url: URL, list: readonly unknown[]) {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
  const number = Number(url.searchParams.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(list.length / size));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set("page", String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = number < last ? [link(number + 1, "next"), link(last, "last")] : [];
  return {
    part: list.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}
