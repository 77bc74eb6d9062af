import { describe, expect, test } from "vitest";
import { mergedAs, newestRun } from "../../../../github/support/merge.ts";

const commit = "a".repeat(40);
const head = { sha: "b".repeat(40), repo: { full_name: "acme/serf" } };
const merged = { number: 7, merged_at: "2026-11-27T00:00:00Z", merge_commit_sha: commit, head };

describe("the pull request of a commit", () => {
  test("is the one whose merge has made it", () => {
    const other = { ...merged, number: 6, merge_commit_sha: "c".repeat(40) };
    expect(mergedAs(commit, [other, merged])).toBe(merged);
  });

  test("is none if nothing is merged", () => {
    const sentence = `Commit ${commit} is not of a merged pull request, so no review has seen it.`;
    expect(mergedAs(commit, [])).toBe(sentence);
    expect(mergedAs(commit, [{ ...merged, merged_at: null }])).toBe(sentence);
  });

  test("is none if the commit is only a part of what was reviewed", () => {
    expect(mergedAs("d".repeat(40), [merged])).toBe(
      `Commit ${"d".repeat(40)} is a part of pull request 7; its review is of the whole, which is merged as commit ` +
        `${commit}.`,
    );
  });
});

describe("the run that has reviewed it", () => {
  const run = {
    ...{ id: 1, created_at: "2026-11-27T01:00:00Z", pull_requests: [{ number: 7 }] },
    head_repository: { full_name: "acme/serf" },
  };

  test("is the newest, a repeated one counts when it was repeated", () => {
    const repeated = { ...run, id: 2, run_started_at: "2026-11-27T03:00:00Z" };
    const later = { ...run, id: 3, created_at: "2026-11-27T02:00:00Z" };
    expect(newestRun([run, later, repeated], "acme/serf", 7)).toBe(repeated);
    expect(newestRun([later, run], "acme/serf", 7)).toBe(later);
  });

  test("is not one of a fork or of another pull request with the same commit", () => {
    const fork = { ...run, head_repository: { full_name: "mallory/serf" }, pull_requests: [] };
    const other = { ...run, pull_requests: [{ number: 8 }] };
    expect(newestRun([fork, other, { ...run, head_repository: null }], "acme/serf", 7)).toBe(
      undefined,
    );
    expect(newestRun([{ ...run, pull_requests: [] }], "acme/serf", 7)?.id).toBe(1);
  });
});
