/** What the requests to the local server do. */
import type { GitHub } from "./repository.ts";

/** The answer to a request. */
interface Result {
  readonly status?: number;
  readonly data?: unknown;
  readonly list?: readonly unknown[];
  /** The field with the list. */
  readonly key?: string;
}

/** @returns undefined if there is no such thing. */
export function carryOut(
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
