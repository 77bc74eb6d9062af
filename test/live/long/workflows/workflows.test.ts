import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "../../../../lib/host/run.ts";
import type { GitHub } from "../../../unit/github/support/repository.ts";
import { startGitHub } from "../../../unit/github/support/server.ts";
import { execute, Machine, sshKey } from "../../../workflows/machine.ts";
import { type RunResult, runWorkflow, type Trigger } from "../../../workflows/runner.ts";
import { containersOf, remainsOf } from "../../support/project.ts";
import { configText, Origin, type Proposal } from "./origin.ts";

// The workflows' own steps, in clones of a repository with this project, with a backend that they share, this
// machine's engine, and a server in the place of GitHub's API. The tests run in order.

const stack = "e2e-workflows";
const config = {
  ...{ joiners: 1, subnet: "172.23.40.0/24", gossipPort: 23140, rpcPort: 23150 },
  // A job's clone is gone when it ends, and a process of it with it.
  ...{ hostAgent: false, convergenceTimeout: 120, maxUnavailable: 1 },
  // `ssh` is the test's own, and leads to this machine's engine.
  dockerHost: "ssh://root@engine.example",
};
const configFile = `Pulumi.${stack}.yaml`;
const withJoiners = (joiners: number) => ({ [configFile]: configText({ ...config, joiners }) });

const origin = new Origin(stack);
const backend = mkdtempSync(join(tmpdir(), "serf-backend-"));
const passphrase = "correct horse battery staple";
let github: GitHub;

const machine = new Machine({
  origin: origin.folder,
  variables: () => ({ GITHUB_API_URL: github.url, GITHUB_REPOSITORY: github.name }),
});

let runs = 40;

/** Runs a workflow of the repository's main branch, or of the change where that is what GitHub does. */
async function runFile(file: string, trigger: Trigger, key = sshKey): Promise<RunResult> {
  runs += 1;
  const secrets = { PULUMI_CONFIG_PASSPHRASE: passphrase };
  const withEngine = {
    secrets: { ...secrets, ENGINE_SSH_KEY: key },
    variables: { ENGINE_KNOWN_HOSTS: "a host's key" },
  };
  const setup = {
    repository: github.name,
    token: github.token,
    variables: { PULUMI_BACKEND_URL: `file://${backend}` },
    environments: {
      [`preview-${stack}`]: { secrets },
      [stack]: withEngine,
      [`drift-${stack}`]: withEngine,
    },
  };
  const folder = await clone(trigger.sha);
  return await runWorkflow({ folder, id: runs, trigger, setup, host: machine.host }, file);
}

async function clone(commit: string): Promise<string> {
  const folder = join(machine.folder, "clones", commit);
  if (!existsSync(folder)) {
    await origin.git("worktree", "add", "--quiet", "--detach", folder, commit);
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  }
  return folder;
}

function outcome(results: RunResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries(results).flatMap(([name, { result }]) =>
      result === "skipped" ? [] : [[name, result]],
    ),
  );
}

function expectDone(results: RunResult, ...jobs: string[]) {
  const logs = Object.values(results).map(({ log }) => log);
  expect(outcome(results), logs.join("\n")).toEqual(
    Object.fromEntries(jobs.map((job) => [job, "success"])),
  );
}

const pullRequest = (number: number, { base, head, merge }: Proposal, isFork = false): Trigger => ({
  name: "pull_request",
  ...{ sha: merge, ref: `refs/pull/${number}/merge`, isFork },
  event: {
    pull_request: {
      ...{ number, base: { sha: base } },
      head: { sha: head, repo: { full_name: isFork ? "eve/serf" : github.name } },
    },
  },
});

/** Runs a command of the project as somebody with the backend and an engine. */
async function operate(...args: string[]): Promise<string> {
  const folder = await clone(await origin.git("rev-parse", "main"));
  const { code, output } = await execute("npm", ["run", ...args], folder, {
    ...machine.user("operator"),
    ...{ PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: passphrase },
  });
  if (code !== 0) throw new Error(output);
  return output;
}

/** The texts in the secrets of an exported state. */
function secretsIn(exported: string): string[] {
  const found = [...exported.matchAll(/"plaintext": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, text]) => JSON.parse(text!) as string,
  );
  const texts = found.flatMap((json) => [...json.matchAll(/[\w+/=-]{16,}/g)].map(([text]) => text));
  return [...new Set(texts)];
}

beforeAll(async () => {
  await origin.create(config);
  const keys = join(machine.user("operator")["HOME"]!, ".ssh");
  mkdirSync(keys);
  writeFileSync(join(keys, "id_ed25519"), sshKey);
  writeFileSync(join(keys, "known_hosts"), "a host's key");
});

afterAll(async () => {
  await operate("stop", "--", "--yes", "--stack", stack).catch(() => undefined);
  machine.remove();
  origin.remove();
  rmSync(backend, { recursive: true, force: true });
});

describe("a fork's change", () => {
  let change: Proposal;
  const stolen = join(machine.folder, "stolen");

  test("is previewed against its base on the runner", async () => {
    github = await startGitHub();
    change = await origin.propose({
      ...withJoiners(2),
      // What a fork would do with a token that may write.
      "github/comment.ts": `import { writeFileSync } from "node:fs"; writeFileSync("${stolen}", "");`,
    });
    const results = await runFile("preview.yml", pullRequest(3, change, true));
    try {
      expectDone(results, "stacks", "fork");
      const review = readFileSync(
        machine.artifact(runs, `review-${stack}`, `review-${stack}.md`),
        "utf8",
      );
      expect(review).toContain("1 member joins");
      expect(github.writes).toEqual([]);
    } finally {
      // The runner ends, and its engine with it.
      const workspace = machine.workspace({ runId: runs, name: "fork" });
      const args = ["run", "stop", "--", "--yes", "--stack", stack];
      await execute("npm", args, workspace, machine.user(String(runs)));
    }
    expect(await remainsOf(stack)).toEqual([]);
  });

  const publish = (commit: string): Promise<RunResult> => {
    const fork = {
      ...{ id: runs, event: "pull_request", conclusion: "success", head_sha: commit },
      ...{ html_url: "https://github.com/acme/serf/actions/runs/41" },
      head_repository: { full_name: "eve/serf" },
    };
    const event = { repository: { default_branch: "main" }, workflow_run: fork };
    return origin.git("rev-parse", "main").then((sha) =>
      runFile("preview-comment.yml", {
        name: "workflow_run",
        sha,
        ref: "refs/heads/main",
        event,
      }),
    );
  };

  test("is published by the programs of the main branch", async () => {
    github = await startGitHub();
    github.pullRequests.set(3, { head: { sha: change.head, repo: { full_name: "eve/serf" } } });
    const reviewed = runs;
    expectDone(await publish(change.head), "comment");
    const [comment] = github.commentsOf(3);
    expect(comment?.body).toContain("1 member joins");
    expect(existsSync(stolen)).toBe(false);
    runs = reviewed;
  });

  test("is not published where it names another pull request", async () => {
    github = await startGitHub();
    github.pullRequests.set(3, { head: { sha: change.base, repo: { full_name: github.name } } });
    expect(outcome(await publish(change.head))).toEqual({ comment: "failure" });
    expect(github.commentsOf(3)).toEqual([]);
  });
});

describe("a change of an own branch", () => {
  let change: Proposal;
  let reviewedRun: number;
  const push = (before: string, sha: string): Trigger => ({
    ...{ name: "push", sha, ref: "refs/heads/main", event: { before } },
  });

  /** What GitHub's API says after the merge. */
  async function startMerged(): Promise<void> {
    github = await startGitHub();
    const head = { sha: change.head, repo: { full_name: github.name } };
    const merged = { merged_at: "2026-11-26T12:00:00Z", merge_commit_sha: change.merge };
    github.pullRequests.set(5, { number: 5, head });
    github.pullRequestsOf.set(change.merge, [{ number: 5, head, ...merged }]);
    github.runs = [
      {
        ...{ id: reviewedRun, head_sha: change.head, created_at: "2026-11-26T11:00:00Z" },
        ...{ head_repository: { full_name: github.name }, pull_requests: [{ number: 5 }] },
      },
    ];
  }

  test("is previewed against the deployed state, and reaches no engine", async () => {
    github = await startGitHub();
    await operate("start", "--", "--stack", stack);
    change = await origin.propose(withJoiners(2));
    github.pullRequests.set(5, { head: { sha: change.head, repo: { full_name: github.name } } });
    const results = await runFile("preview.yml", pullRequest(5, change));
    reviewedRun = runs;
    expectDone(results, "stacks", `deployed (${stack})`, "comment");
    expect(machine.summary({ runId: runs, name: `deployed (${stack})` })).toContain(
      "1 member joins",
    );
    expect(github.commentsOf(5).map(({ body }) => body)).toEqual([
      expect.stringContaining("1 member joins"),
    ]);
  });

  test("that cannot be previewed gets a comment, too", async () => {
    github = await startGitHub();
    const broken = await origin.propose({ [configFile]: "config:\n  serf:joiners: many\n" });
    github.pullRequests.set(6, { head: { sha: broken.head, repo: { full_name: github.name } } });
    const results = await runFile("preview.yml", pullRequest(6, broken));
    expect(outcome(results)).toEqual({
      ...{ stacks: "success", [`deployed (${stack})`]: "failure", comment: "success" },
    });
    expect(github.commentsOf(6)[0]?.body).toContain('joiners is "many"');
  });

  test("has no secret in its plan", async () => {
    const file = machine.artifact(reviewedRun, `plan-${stack}`, `plan-${stack}.json`);
    const plan = readFileSync(file, "utf8");
    expect(plan).toContain("joiner-2");
    const secrets = secretsIn(
      await operate("pulumi", "--", "stack", "export", "--show-secrets", "--stack", stack),
    );
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.filter((secret) => plan.includes(secret))).toEqual([]);
  });

  test("is rolled out by the plan that was reviewed", async () => {
    await origin.git("merge", "--quiet", "--ff-only", change.merge);
    await startMerged();
    const results = await runFile("deploy.yml", push(change.base, change.merge));
    expectDone(results, "reviewed", `${stack} / apply`);
    expect(Object.keys(await containersOf(stack)).sort()).toEqual([
      ...["joiner-1", "joiner-2", "seed"].map((part) => `serf-${stack}-${part}`),
    ]);
  });

  test("is not rolled out twice by one plan", async () => {
    await startMerged();
    const before = await containersOf(stack);
    const results = await runFile("deploy.yml", push(change.base, change.merge));
    expect(outcome(results)).toEqual({ reviewed: "success", [`${stack} / apply`]: "failure" });
    expect(results[`${stack} / apply`]?.log).toMatch(
      /before the state of stack .* preview again: /,
    );
    expect(await containersOf(stack)).toEqual(before);
  });

  test("is not rolled out without a review, but by hand", async () => {
    github = await startGitHub();
    const before = await origin.git("rev-parse", "main");
    const sha = await origin.commit(withJoiners(1));
    const pushed = await runFile("deploy.yml", push(before, sha));
    expect(outcome(pushed)).toEqual({ reviewed: "failure" });
    expect(pushed["reviewed"]?.log).toContain("is not of a merged pull request");
    expect(pushed["reviewed"]?.log).toContain("Run this workflow by hand");
    const byHand = { name: "workflow_dispatch", sha, ref: "refs/heads/main", event: {} };
    const results = await runFile("deploy.yml", { ...byHand, inputs: { stack } });
    expectDone(results, "by-hand / plan", "by-hand / apply");
    expect(Object.keys(await containersOf(stack))).not.toContain(`serf-${stack}-joiner-2`);
  });
});

describe("drift", () => {
  const nightly = async (): Promise<Trigger> => ({
    ...{ name: "schedule", ref: "refs/heads/main", event: {} },
    sha: await origin.git("rev-parse", "main"),
  });
  const job = `drift (${stack})`;
  const only = (results: RunResult) => ({ [job]: results[job]!.result });

  test("is an issue, until it is mended", async () => {
    github = await startGitHub();
    expect(only(await runFile("drift.yml", await nightly()))).toEqual({ [job]: "success" });
    expect(github.issues).toEqual([]);

    await docker(["rm", "--force", `serf-${stack}-joiner-1`]);
    expect(only(await runFile("drift.yml", await nightly()))).toEqual({ [job]: "success" });
    expect(github.issues.map(({ state }) => state)).toEqual(["open"]);
    expect(github.issues[0]?.body).toContain("joiner-1");

    await operate("start", "--", "--stack", stack);
    expect(only(await runFile("drift.yml", await nightly()))).toEqual({ [job]: "success" });
    expect(github.issues.map(({ state }) => state)).toEqual(["closed"]);
  });

  test("that cannot be told fails the run", async () => {
    github = await startGitHub();
    const results = await runFile("drift.yml", await nightly(), "another key");
    expect(only(results)).toEqual({ [job]: "failure" });
    expect(github.issues).toEqual([]);
  });
});

test("a job without a key to the engine says where it belongs", async () => {
  const { code, output } = await execute(resolve(".ci", "reach-engine"), [], "/", {
    PATH: process.env["PATH"],
  });
  expect(code).toBe(1);
  expect(output).toContain("::error::ENGINE_SSH_KEY is empty");
});
