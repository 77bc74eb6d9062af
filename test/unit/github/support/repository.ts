/** What the repository on the local server has, and what has been asked of it. */

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
