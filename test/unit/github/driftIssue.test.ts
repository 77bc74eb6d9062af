import { describe, expect, test } from "vitest";
import { markerOf } from "../../../github/support/drift.ts";
import { runProgram, written } from "./support/programs.ts";
import { type GitHub, startGitHub } from "./support/server.ts";

const issues = "/repos/acme/serf/issues";
const removed = {
  what: "container serf-dev-seed",
  declared: "running",
  found: "removed",
  side: "engine",
};
const stopped = { ...removed, what: "container serf-dev-joiner-1", found: "exited" };

let runs = 0;

/** Runs it as a run of its own, with the address of that. */
function run(github: GitHub, rows: readonly object[] | string, stack = "dev") {
  const text = typeof rows === "string" ? rows : JSON.stringify(rows);
  const link = `https://github.com/acme/serf/actions/runs/${++runs}`;
  const args = ["--stack", stack, "--file", written("drift.json", text), "--run-url", link];
  return runProgram("driftIssue", args, github);
}

describe.concurrent("the issue of a stack", () => {
  test("is opened, updated, closed and reopened", async () => {
    const github = await startGitHub();
    const said = async (rows: readonly object[]) => (await run(github, rows)).out;

    expect(await said([])).toBe("Stack dev has not drifted, and has no issue.\n");
    expect(await said([removed])).toBe("Stack dev has drifted: opened issue 1.\n");
    const [issue] = github.issues;
    expect(issue).toMatchObject({ title: "Drift in stack dev", labels: [{ name: "drift" }] });
    expect(issue!.body).toContain("| container serf-dev-seed | running | removed | engine |");

    const opened = github.writes.length;
    expect(await said([removed])).toBe("Stack dev has drifted as issue 1 says.\n");
    expect(github.writes).toHaveLength(opened);

    expect(await said([removed, stopped])).toBe(
      "Stack dev has drifted further: updated issue 1.\n",
    );
    expect(issue!.body).toContain("serf-dev-joiner-1");

    expect(await said([])).toBe("Stack dev has not drifted: closed issue 1.\n");
    expect(issue!.state).toBe("closed");
    expect(github.commentsOf(1).at(-1)!.body).toMatch(
      /^Stack `dev` is as declared again\. \[This run\]\(https:\S+\) found that\.$/,
    );
    expect(await said([])).toBe("Stack dev has not drifted, and issue 1 is closed.\n");

    expect(await said([stopped])).toBe("Stack dev has drifted again: reopened issue 1.\n");
    expect(issue!.state).toBe("open");
    expect(issue!.body).not.toContain("serf-dev-seed");
    expect(github.commentsOf(1).at(-1)!.body).toContain("has drifted again");
    expect(github.issues).toHaveLength(1);
    expect(github.writes).toEqual([
      `POST ${issues}`,
      ...[`PATCH ${issues}/1`, `POST ${issues}/1/comments`, `PATCH ${issues}/1`],
      ...[`PATCH ${issues}/1`, `POST ${issues}/1/comments`],
    ]);
  }, 60_000);

  test("is none of another stack, of somebody else or of a pull request", async () => {
    const github = await startGitHub();
    github.addIssue({ body: markerOf("dev"), pull_request: {} });
    github.addIssue({ body: markerOf("dev"), user: { login: "mallory" } });
    github.addIssue({ body: markerOf("dev-2") });
    github.addIssue({ body: `Like ${markerOf("dev")}` });
    github.addIssue({ body: null });
    github.addIssue({ body: markerOf("dev"), labels: [] });
    const { out } = await run(github, [removed]);
    expect(out).toBe("Stack dev has drifted: opened issue 7.\n");
  });

  test("is the open one before newer closed ones, on whichever page", async () => {
    const github = await startGitHub();
    const open = github.addIssue({ body: markerOf("dev") });
    for (let index = 0; index < 230; index++) {
      github.addIssue({ body: markerOf("dev"), state: "closed" });
    }
    const { out } = await run(github, [removed]);
    expect(out).toBe("Stack dev has drifted further: updated issue 1.\n");
    expect(open.body).toContain("serf-dev-seed");
    expect(github.asked.filter((line) => line === `GET ${issues}`)).toHaveLength(3);
  });

  test("is never too long", async () => {
    const github = await startGitHub();
    const rows = Array.from({ length: 5000 }, (_, index) => ({
      ...removed,
      what: `container ${index}`,
    }));
    const { code, err } = await run(github, rows);
    expect([code, err]).toEqual([0, ""]);
  });

  test("is opened once although GitHub fails after it has opened it", async () => {
    const github = await startGitHub();
    github.refuse(`POST ${issues}`, { status: 502, isDone: true });
    const { out } = await run(github, [removed]);
    expect(out).toBe("Stack dev has drifted: opened issue 1.\n");
    expect(github.issues).toHaveLength(1);
  });

  test("must have its label", async () => {
    const github = await startGitHub();
    github.dropsLabels = true;
    const { code, err } = await run(github, [removed]);
    expect(code).toBe(1);
    expect(err).toBe(
      "error: Issue 1 is open without the label drift, by which it is found; give the job the permission `issues: " +
        "write`.\n",
    );
  });

  test("stays open if what has happened cannot be said", async () => {
    const github = await startGitHub();
    const issue = github.addIssue({ body: markerOf("dev") });
    github.refuse(`POST ${issues}/1/comments`, { status: 403, message: "Not accessible" });
    const { code, err } = await run(github, []);
    expect([code, issue.state]).toEqual([1, "open"]);
    expect(err).toContain("give the job the permission `issues: write`.");
  });
});

describe.concurrent("what cannot be told fails and changes nothing", () => {
  test.each([
    ["> serf-cluster drift\n[]", "is not what"],
    [
      [removed, { ...removed, what: "gossip key", found: "unknown" }],
      "The state of gossip key is not known, so nobody knows what has drifted; the issue is left as it is.",
    ],
  ])("%j", async (rows, sentence) => {
    const github = await startGitHub();
    github.addIssue({ body: markerOf("dev") });
    const { code, out, err } = await run(github, rows);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(sentence);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(github.asked).toEqual([]);
  });

  test("a stack's name that is none, a file that is not there, issues that are off", async () => {
    const github = await startGitHub();
    expect((await run(github, [], "Dev!")).err).toContain('error: --stack is "Dev!", allowed are');
    const gone = await runProgram("driftIssue", ["--stack", "dev", "--file", "gone.json"], github);
    expect(gone.err).toContain('error: --file is "gone.json", which cannot be read: ENOENT');
    github.refuse(`GET ${issues}`, { status: 410, message: "Issues are disabled for this repo" });
    const { code, err } = await run(github, [removed]);
    expect(code).toBe(1);
    expect(err).toContain(
      "(410, Issues are disabled for this repo): switch issues on in the repository's",
    );
  });
});
