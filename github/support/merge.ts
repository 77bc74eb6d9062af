/** Which pull request a commit came from, and which run has reviewed it. */

/** A pull request, as the list of a commit's pull requests has it. */
export interface MergedPullRequest {
  readonly number: number;
  readonly merged_at?: string | null;
  /** After a rebase the last of its commits. */
  readonly merge_commit_sha: string | null;
  readonly head: {
    readonly sha: string;
    readonly repo: { readonly full_name: string } | null;
  };
}

/** A workflow's run. */
export interface WorkflowRun {
  readonly id: number | bigint;
  readonly run_started_at?: string;
  readonly created_at: string;
  readonly head_repository: { readonly full_name: string } | null;
  /** Empty if they come from forks. */
  readonly pull_requests: readonly { readonly number: number }[] | null;
}

/**
 * The pull request whose merge has made the commit.
 *
 * @returns a sentence if there is none.
 */
export function mergedAs(
  commit: string,
  pullRequests: readonly MergedPullRequest[],
): MergedPullRequest | string {
  const merged = pullRequests.filter(({ merged_at }) => Boolean(merged_at));
  const made = merged.find(({ merge_commit_sha }) => merge_commit_sha === commit);
  if (made !== undefined) return made;
  const [part] = merged;
  return part === undefined
    ? `Commit ${commit} is not of a merged pull request, so no review has seen it.`
    : `Commit ${commit} is a part of pull request ${part.number}; its review is of the whole, which is merged as ` +
        `commit ${part.merge_commit_sha ?? "(unknown)"}.`;
}

/** The newest run for the pull request in its own repository. A fork can have runs of the same commit. */
export function newestRun(
  runs: readonly WorkflowRun[],
  repository: string,
  pullRequest: number,
): WorkflowRun | undefined {
  const started = (run: WorkflowRun) => run.run_started_at ?? run.created_at;
  return runs
    .filter(({ head_repository }) => head_repository?.full_name === repository)
    .filter(({ pull_requests }) => {
      const named = pull_requests ?? [];
      return named.length === 0 || named.some(({ number }) => number === pullRequest);
    })
    .sort((a, b) => (started(a) < started(b) ? 1 : -1))[0];
}
