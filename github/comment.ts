/** Keeps one comment on a pull request with the reviews of its stacks. */
import { lstat, readFile } from "node:fs/promises";
import { UserError } from "../lib/host/errors.ts";
import { connect, type Repository } from "./support/api/client.ts";
import { createOnce, once } from "./support/api/createOnce.ts";
import { checkedCommit, checkedLink, optional, program } from "./support/program.ts";
import { commentOf, marker } from "./support/review/comment.ts";
import { parseReview, type Review } from "./support/review/review.ts";

const line = {
  usage: "node github/comment.ts --pull-request N [--commit SHA] [--run-url URL] [FILE…]",
  needed: ["pull-request"],
  optional: ["commit", "run-url"],
  takesFiles: true,
} as const;

const permission = "pull-requests: write";

await program(line, async ({ values, files }) => {
  const number = numberOf(values["pull-request"]);
  const runUrl = optional(values["run-url"], checkedLink);
  const commit = optional(values.commit, checkedCommit);
  const reviews = await readReviews(files);
  const repository = connect(process.env);
  const { octokit, place, name, ask } = repository;
  const { data: pullRequest } = await ask(
    { what: `show pull request ${number} of ${name}`, permission: "pull-requests: read" },
    () =>
      octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
        ...place,
        pull_number: number,
      }),
  );
  const { sha, repo } = pullRequest.head;
  // A fork's run says itself which pull request it is for, so that it could name somebody else's.
  if (commit !== undefined && commit !== sha) {
    throw new UserError(
      `Pull request ${number} is at commit ${sha}, but the review is of ${commit}; its comment is left as it is.`,
    );
  }
  // The repository of a fork may be gone.
  const isFork = (repo as { full_name: string } | null)?.full_name !== name;
  const body = commentOf({ reviews, isFork, commit, runUrl });
  console.log(await publish(repository, number, body, reviews.length > 0));
  return 0;
});

/** @returns what it did, as a sentence. */
async function publish(
  repository: Repository,
  number: number,
  body: string,
  isNeeded: boolean,
): Promise<string> {
  const { octokit, place, ask } = repository;
  const found = await findComment(repository, number);
  if (found === undefined) {
    if (!isNeeded)
      return `The change concerns no stack, and pull request ${number} has no comment.`;
    const purpose = { what: `write a comment on pull request ${number}`, permission };
    const made = await ask(purpose, () =>
      createOnce(
        () => findComment(repository, number),
        async () => {
          const { data } = await octokit.request(
            "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
            { ...place, issue_number: number, body, ...once },
          );
          return { id: data.id, body };
        },
      ),
    );
    return `Created comment ${made.id} on pull request ${number}.`;
  }
  if (found.body === body) return `Comment ${found.id} on pull request ${number} is up to date.`;
  await ask({ what: `edit comment ${found.id} on pull request ${number}`, permission }, () =>
    octokit.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
      ...{ ...place, comment_id: Number(found.id), body },
    }),
  );
  return `Updated comment ${found.id} on pull request ${number}.`;
}

interface FoundComment {
  readonly id: number | bigint;
  readonly body: string;
}

/** The comment that this program has made. Everybody can copy its marker, so its author counts as well. */
async function findComment(
  { octokit, place, ask, viewer }: Repository,
  number: number,
): Promise<FoundComment | undefined> {
  const purpose = { what: `list the comments of pull request ${number}`, permission };
  const comments = await ask(purpose, () =>
    octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...{ ...place, issue_number: number, per_page: 100 },
    }),
  );
  const marked = comments.filter(({ body }) => body?.startsWith(marker));
  if (marked.length === 0) return undefined;
  const login = await viewer();
  const own = marked.find(({ user }) => user?.login === login);
  return own && { id: own.id, body: own.body ?? "" };
}

async function readReviews(files: readonly string[]): Promise<Review[]> {
  const reviews = await Promise.all(
    files.map(async (file) => parseReview(await readText(file), file)),
  );
  const stacks = reviews.map(({ stack }) => stack);
  const twice = stacks.find((stack, index) => stacks.indexOf(stack) !== index);
  if (twice !== undefined)
    throw new UserError(`Two files are reviews of stack ${twice}; give one.`);
  return reviews;
}

/** Reads a file, but follows no link: an artifact of a fork could contain one to a file with secrets. */
async function readText(file: string): Promise<string> {
  try {
    if ((await lstat(file)).isFile()) return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
  throw new UserError(`${file} is not a regular file.`);
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UserError(`--pull-request is "${text}", allowed is the number of a pull request.`);
}
