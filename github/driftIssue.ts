/** Keeps one issue for each stack with its drift: opens, updates, closes and reopens it. */
import { readFile } from "node:fs/promises";
import { allowedStackNames, isStackName } from "../lib/cluster/names.ts";
import { UserError } from "../lib/host/errors.ts";
import { connect, type Repository } from "./support/api/client.ts";
import { createOnce, once } from "./support/api/createOnce.ts";
import { driftBody, issueAction, label, markerOf, parseDrift, titleOf } from "./support/drift.ts";
import { checkedLink, optional, program } from "./support/program.ts";

const line = {
  usage: "node github/driftIssue.ts --stack NAME --file FILE [--run-url URL]",
  needed: ["stack", "file"],
  optional: ["run-url"],
} as const;

const permission = "issues: write";

await program(line, async ({ values: { stack, file, "run-url": link } }) => {
  if (!isStackName(stack)) {
    throw new UserError(`--stack is "${stack}", allowed are ${allowedStackNames}.`);
  }
  const runUrl = optional(link, checkedLink);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`--file is "${file}", which cannot be read: ${(error as Error).message}`);
  });
  const rows = parseDrift(text, file);
  const body = driftBody(stack, rows, runUrl);
  const repository = connect(process.env);
  const found = await findIssue(repository, stack);
  const action = issueAction(rows.length > 0, found, body);
  const run = runUrl === undefined ? "" : ` [This run](${runUrl}) found that.`;
  if (action === "open") {
    const { number } = await open(repository, stack, body);
    console.log(`Stack ${stack} has drifted: opened issue ${number}.`);
  } else if (found === undefined) {
    console.log(`Stack ${stack} has not drifted, and has no issue.`);
  } else if (action === "nothing") {
    console.log(
      rows.length > 0
        ? `Stack ${stack} has drifted as issue ${found.number} says.`
        : `Stack ${stack} has not drifted, and issue ${found.number} is closed.`,
    );
  } else if (action === "close") {
    await say(repository, found.number, `Stack \`${stack}\` is as declared again.${run}`);
    await edit(repository, found.number, { state: "closed", state_reason: "completed" });
    console.log(`Stack ${stack} has not drifted: closed issue ${found.number}.`);
  } else if (action === "reopen") {
    await edit(repository, found.number, { state: "open", body });
    await say(repository, found.number, `Stack \`${stack}\` has drifted again.${run}`);
    console.log(`Stack ${stack} has drifted again: reopened issue ${found.number}.`);
  } else {
    await edit(repository, found.number, { body });
    console.log(`Stack ${stack} has drifted further: updated issue ${found.number}.`);
  }
  return 0;
});

interface FoundIssue {
  readonly number: number;
  readonly state: string;
  readonly body: string;
}

/** The newest open issue that this program has made for the stack, else the newest closed one. */
async function findIssue(
  { octokit, place, name, ask, viewer }: Repository,
  stack: string,
): Promise<FoundIssue | undefined> {
  const issues = await ask({ what: `list the issues of ${name}`, permission }, () =>
    octokit.paginate("GET /repos/{owner}/{repo}/issues", {
      ...{ ...place, labels: label, state: "all", sort: "created", direction: "desc" },
      per_page: 100,
    }),
  );
  const marked = issues.filter(
    // Pull requests are in the list as well.
    ({ body, pull_request }) =>
      pull_request === undefined && (body ?? "").startsWith(markerOf(stack)),
  );
  if (marked.length === 0) return undefined;
  const login = await viewer();
  const own = marked.filter(({ user }) => user?.login === login);
  const issue = own.find(({ state }) => state === "open") ?? own[0];
  return issue && { number: issue.number, state: issue.state, body: issue.body ?? "" };
}

async function open(repository: Repository, stack: string, body: string): Promise<FoundIssue> {
  const { octokit, place, name, ask } = repository;
  const made = await ask({ what: `open an issue in ${name}`, permission }, () =>
    createOnce(
      () => findIssue(repository, stack),
      async () => {
        const { data } = await octokit.request("POST /repos/{owner}/{repo}/issues", {
          ...{ ...place, title: titleOf(stack), body, labels: [label], ...once },
        });
        // GitHub drops labels without a word that the token may not set.
        if (data.labels.length === 0) {
          throw new UserError(
            `Issue ${data.number} is open without the label ${label}, by which it is found; give the job the permission ` +
              `\`${permission}\`.`,
          );
        }
        return { number: data.number, state: data.state, body: data.body ?? "" };
      },
    ),
  );
  return made;
}

/** What is changed of an issue. */
interface Edit {
  readonly state?: "open" | "closed";
  readonly state_reason?: "completed";
  readonly body?: string;
}

async function edit({ octokit, place, ask }: Repository, number: number, changes: Edit) {
  await ask({ what: `edit issue ${number}`, permission }, () =>
    octokit.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
      ...{ ...place, issue_number: number, ...changes },
    }),
  );
}

async function say({ octokit, place, ask }: Repository, number: number, body: string) {
  await ask({ what: `write a comment on issue ${number}`, permission }, () =>
    octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...{ ...place, issue_number: number, body },
    }),
  );
}
