import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { execute, scratchFolder } from "./support/programs.ts";

/** A repository with three environments and a branch `main`. */
function repository() {
  const dir = scratchFolder();
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      ...{ cwd: dir, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    }).trim();
  const commit = (files: Readonly<Record<string, string | null>>) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      if (text === null) rmSync(join(dir, file));
      else writeFileSync(join(dir, file), text);
    }
    git("add", "-A");
    git("commit", "-qm", "change");
  };
  git("init", "-q", "-b", "main");
  const stacks = ["dev", "edge", "prod", "staging", "vagrant"].map((name) => `Pulumi.${name}.yaml`);
  commit({ ...Object.fromEntries(stacks.map((name) => [name, name])), "index.ts": "1" });
  git("checkout", "-qb", "change");
  const run = (...args: readonly string[]) => execute("concernedStacks", args, {}, dir);
  return { dir, git, commit, run };
}

describe("the stacks of a change", () => {
  test("are those of its commits, not of what has happened on the base since", async () => {
    const { git, commit, run } = repository();
    commit({ "Pulumi.prod.yaml": "changed", "docs/ä b.md": "new" });
    git("checkout", "-q", "main");
    commit({ "index.ts": "2" });
    git("checkout", "-q", "change");
    expect(await run("--base", "main")).toEqual({ code: 0, out: '["prod"]\n', err: "" });
    expect((await run("--base", "main", "--head", "main")).out).toBe("[]\n");
    expect((await run("--base=change", "--head=main")).out).toBe(
      '["dev","staging","prod","edge"]\n',
    );
  });

  test("a renamed stack is a new one and a removed one", async () => {
    const { git, commit, run } = repository();
    git("mv", "Pulumi.edge.yaml", "Pulumi.west.yaml");
    commit({});
    const { code, out, err } = await run("--base", "main");
    expect([code, out]).toEqual([0, '["west"]\n']);
    expect(err).toBe(
      "Pulumi.edge.yaml is removed, so stack edge is neither reviewed nor deployed any more. If it is up, `npm stop -- " +
        "--stack edge` takes it down; run it before the file is gone.\n",
    );
  });

  test("are all with --all, but for local ones", async () => {
    const { run } = repository();
    expect((await run("--all")).out).toBe('["dev","staging","prod","edge"]\n');
  });
});

describe.concurrent("it fails", () => {
  const { run } = repository();

  test.each([
    [["--base", "nope"], '--base is "nope", which is no commit here; fetch it'],
    [["--base=--output=x"], '--base is "--output=x", which is no commit here'],
    [["--base", "0".repeat(40)], `--base is "${"0".repeat(40)}", which is no commit here`],
    [["--base", "main", "--head", "gone"], '--head is "gone", which is no commit here'],
    [[], "Give one of --base and --all."],
    [["--base", "main", "--all"], "Give one of --base and --all."],
  ])("with %j", async (args, sentence) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`error: ${sentence}`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("with a clone that lacks the history", async () => {
    const { git, run } = repository();
    git("checkout", "-q", "--orphan", "other");
    git("commit", "-qm", "unrelated");
    const { code, err } = await run("--base", "main");
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: git cannot compare \w+ with \w+: .*no merge base; fetch the whole history/,
    );
  });
});
