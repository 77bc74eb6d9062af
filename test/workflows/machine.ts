/** A machine that carries out the steps of jobs: commands in a shell, and the actions that the workflows use. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Host, ReadyStep, RunningJob, StepResult } from "./runner.ts";

/** What commands get from GitHub. */
export interface Surroundings {
  /** The repository that is checked out. */
  readonly origin: string;
  readonly variables: () => Readonly<Record<string, string>>;
}

/** The key that `ssh` accepts here. It runs the command on this machine. */
export const sshKey = "a key";

/** Each run has a home of its own, and each job a workspace; the artifacts are kept by run. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "serf-runner-"));
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const shim = (name: string, ...lines: string[]) =>
      writeFileSync(join(this.#place("shims"), name), ["#!/bin/sh", ...lines, ""].join("\n"), {
        mode: 0o755,
      });
    // The packages are linked, which takes no time.
    const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
    shim("npm", `[ "$1" = ci ] || exec ${npm} "$@"`);
    shim(
      "ssh",
      `[ "$(cat ~/.ssh/id_ed25519)" = "${sshKey}" ] && [ -s ~/.ssh/known_hosts ] || exit 255`,
      'while [ "$1" != -- ]; do shift; done',
      "shift 2",
      "unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CERT_PATH DOCKER_TLS_VERIFY",
      'exec sh -c "$*"',
    );
  }

  readonly host: Host = async (step, job) => {
    if (step.run !== undefined) return await this.#shell(step, job);
    const action = basename(step.uses!.replace(/@.*/, ""));
    const actions: Readonly<Record<string, () => StepResult | Promise<StepResult>>> = {
      checkout: () => this.#checkOut(step, job),
      "setup-node": () => this.#setUpNode(job),
      "upload-artifact": () => this.#upload(step, job),
      "download-artifact": () => this.#download(step, job),
    };
    const carryOut = actions[action];
    if (carryOut === undefined) throw new Error(`There is no action ${action} here.`);
    return await carryOut();
  };

  workspace({ runId, name }: Pick<RunningJob, "runId" | "name">): string {
    return this.#place("workspaces", String(runId), name.replaceAll(/[^\w.-]+/g, "-"));
  }

  artifact(runId: number, name: string, file: string): string {
    return join(this.#artifacts(runId), name, file);
  }

  /** The reviews that a job has shown. */
  summary(job: Pick<RunningJob, "runId" | "name">): string {
    return readFileSync(`${this.workspace(job)}.md`, "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #place(...parts: string[]): string {
    const path = join(this.folder, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }

  #artifacts(runId: number): string {
    return this.#place("artifacts", String(runId));
  }

  async #shell({ run = "", env }: ReadyStep, job: RunningJob): Promise<StepResult> {
    const workspace = this.workspace(job);
    const script = join(this.folder, "script");
    const outputs = join(this.folder, "outputs");
    writeFileSync(script, run);
    writeFileSync(outputs, "");
    const { code, output } = await execute("bash", ["-e", script], workspace, {
      ...this.user(String(job.runId)),
      ...{ CI: "true", GITHUB_SHA: job.trigger.sha },
      ...this.#surroundings.variables(),
      GITHUB_OUTPUT: outputs,
      GITHUB_STEP_SUMMARY: `${workspace}.md`,
      ...env,
    });
    const pairs = readFileSync(outputs, "utf8").split("\n").filter(Boolean);
    return {
      isDone: code === 0,
      outputs: Object.fromEntries(
        pairs.map((pair) => /^([^=]*)=(.*)$/.exec(pair)!.slice(1) as [string, string]),
      ),
      log: `$ ${run}\n${output}`,
    };
  }

  /** The environment of somebody on this machine, with the tools that it has already. */
  user(home: string): Record<string, string> {
    return {
      PATH: [join(this.folder, "shims"), process.env["PATH"]].join(":"),
      HOME: this.#place("homes", home),
      XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    };
  }

  async #checkOut({ with: inputs }: ReadyStep, job: RunningJob): Promise<StepResult> {
    const workspace = this.workspace(job);
    const git = async (...args: string[]) => {
      const { code, output } = await execute("git", args, workspace, process.env);
      if (code !== 0) throw new Error(`git ${args.join(" ")}: ${output}`);
    };
    if (!existsSync(join(workspace, ".git"))) {
      await git("init", "--quiet");
      await git("remote", "add", "origin", `file://${this.#surroundings.origin}`);
    }
    const depth = Number(inputs["fetch-depth"] ?? 1);
    const ref = inputs["ref"] ?? job.trigger.sha;
    await git("fetch", "--quiet", ...(depth === 0 ? [] : [`--depth=${depth}`]), "origin", ref);
    if (inputs["clean"] !== "false") await git("clean", "-ffdx", "--quiet");
    await git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD");
    return { isDone: true };
  }

  #setUpNode(job: RunningJob): StepResult {
    const modules = join(this.workspace(job), "node_modules");
    if (!existsSync(modules)) symlinkSync(resolve("node_modules"), modules);
    return { isDone: true };
  }

  #upload({ with: inputs }: ReadyStep, job: RunningJob): StepResult {
    const workspace = this.workspace(job);
    const files = inputs["path"]!.trim().split("\n");
    const found = files.filter((file) => existsSync(join(workspace, file)));
    for (const file of found)
      cpSync(join(workspace, file), this.artifact(job.runId, inputs["name"]!, file));
    return { isDone: found.length > 0 || inputs["if-no-files-found"] !== "error" };
  }

  #download({ with: inputs }: ReadyStep, job: RunningJob): StepResult {
    const artifacts = this.#artifacts(Number(inputs["run-id"] ?? job.runId));
    const { name, pattern = "" } = inputs;
    const isWanted = (one: string) =>
      name === undefined ? one.startsWith(pattern.replace("*", "")) : one === name;
    const found = readdirSync(artifacts).filter(isWanted);
    const to = join(this.workspace(job), inputs["path"] ?? ".");
    for (const one of found) cpSync(join(artifacts, one), to, { recursive: true });
    return {
      isDone: found.length > 0 || name === undefined,
      log: `Downloaded ${found.length} of ${name ?? pattern}`,
    };
  }
}

/** Runs a program; its output is all that it has printed. */
export function execute(
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((done) => {
    execFile(
      file,
      [...args],
      { cwd, env, timeout: 580_000, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}
