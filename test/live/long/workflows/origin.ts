/** A repository with this project, whose only stack is a test's. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../../../lib/host/run.ts";
import type { Config } from "../../support/project.ts";

export class Origin {
  readonly folder = mkdtempSync(join(tmpdir(), "serf-origin-"));
  readonly stack: string;

  constructor(stack: string) {
    this.stack = stack;
  }

  /** Commits this project, with its files as they are now. */
  async create(config: Config): Promise<void> {
    const files = await run("git", [
      "ls-files",
      "-z",
      "--cached",
      "--others",
      "--exclude-standard",
    ]);
    for (const file of files.split("\0").filter((name) => name !== "" && existsSync(name))) {
      cpSync(file, join(this.folder, file));
    }
    for (const name of readdirSync(this.folder)) {
      if (/^Pulumi\.\w+\.yaml$/.test(name)) rmSync(join(this.folder, name));
    }
    // The workflows name the stack `dev`.
    const workflows = join(this.folder, ".github", "workflows");
    for (const name of readdirSync(workflows)) {
      const text = readFileSync(join(workflows, name), "utf8");
      writeFileSync(join(workflows, name), text.replaceAll(/(?<![\w/])dev\b(?!\/)/g, this.stack));
    }
    await this.git("init", "--quiet", "--initial-branch=main");
    // As GitHub does.
    await this.git("config", "uploadpack.allowAnySHA1InWant", "true");
    await this.commit({ [`Pulumi.${this.stack}.yaml`]: configText(config) });
  }

  /** Writes files and commits everything. @returns the commit. */
  async commit(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, text] of Object.entries(files)) {
      await run("mkdir", ["-p", dirname(join(this.folder, name))]);
      writeFileSync(join(this.folder, name), text);
    }
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--message", "A change");
    return await this.git("rev-parse", "HEAD");
  }

  /** Commits to a branch of main, and merges it. */
  async propose(files: Readonly<Record<string, string>>): Promise<Proposal> {
    const base = await this.git("rev-parse", "main");
    await this.git("checkout", "--quiet", "--detach", "main");
    const head = await this.commit(files);
    await this.git("checkout", "--quiet", "--detach", "main");
    await this.git("merge", "--quiet", "--no-ff", "--message", "A merge", head);
    const merge = await this.git("rev-parse", "HEAD");
    await this.git("checkout", "--quiet", "main");
    return { base, head, merge };
  }

  async git(...args: string[]): Promise<string> {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    const output = await run("git", ["-C", this.folder, ...identity, ...args], { timeout: 60_000 });
    return output.trim();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The commits of a pull request. */
export interface Proposal {
  readonly base: string;
  readonly head: string;
  readonly merge: string;
}

export function configText(config: Config): string {
  const lines = Object.entries(config).map(
    ([key, value]) => `  serf:${key}: ${JSON.stringify(value)}\n`,
  );
  return `config:\n${lines.join("")}`;
}
