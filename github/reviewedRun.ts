/** Prints which pull request a commit came from, and which run of a workflow has reviewed it, as JSON. */
import { UserError } from "../lib/host/errors.ts";
import { connect } from "./support/api/client.ts";
import { mergedAs, newestRun } from "./support/merge.ts";
import { checkedCommit, program } from "./support/program.ts";

const line = {
  usage: "node github/reviewedRun.ts --commit SHA --workflow FILE",
  needed: ["commit", "workflow"],
} as const;

/** The exit code when there is no such run. */
const none = 2;

await program(line, async ({ values: { commit: given, workflow } }) => {
  const commit = checkedCommit(given);
  if (!/^[\w.-]+\.ya?ml$/.test(workflow)) {
    throw new UserError(`--workflow is "${workflow}", allowed is a file's name like preview.yml.`);
  }
  const { octokit, place, name, ask } = connect(process.env);
  const listed = await ask(
    { what: `list the pull requests of commit ${commit}`, permission: "pull-requests: read" },
    () =>
      octokit.paginate("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
        ...{ ...place, commit_sha: commit, per_page: 100 },
      }),
  );
  const merged = mergedAs(commit, listed);
  if (typeof merged === "string") return refuse(merged);
  const { number, head } = merged;
  if (head.repo?.full_name !== name) {
    return refuse(
      `Pull request ${number} came from a fork, whose preview has not seen the deployed state: there is no reviewed plan.`,
    );
  }
  const runs = await ask(
    { what: `list the runs of ${workflow}`, permission: "actions: read" },
    () =>
      octokit.paginate("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", {
        ...{ ...place, workflow_id: workflow, head_sha: head.sha },
        ...{ event: "pull_request", status: "success", per_page: 100 },
      }),
  );
  const run = newestRun(runs, name, number);
  if (run === undefined) {
    return refuse(
      `No run of ${workflow} has succeeded for ${head.sha}, the last commit of pull request ${number}: there is no ` +
        "reviewed plan.",
    );
  }
  console.log(JSON.stringify({ pullRequest: number, headCommit: head.sha, run: Number(run.id) }));
  return 0;
});

function refuse(reason: string): number {
  console.error(reason);
  return none;
}
