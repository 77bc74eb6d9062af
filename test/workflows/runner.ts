/** Runs a workflow of this repository, job by job, on a host that does what its steps say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Contexts, isMet, resolve, resolveAll, type Status } from "./expressions.ts";
import type { Job, Rights, Step, Workflow } from "./workflow.ts";

/** What starts a workflow. */
export interface Trigger {
  /** For example `push`. */
  readonly name: string;
  readonly sha: string;
  readonly ref: string;
  /** The payload. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Whether it comes from a fork, which gets neither secrets nor variables nor rights to write. */
  readonly isFork?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** What is set up in the repository. */
export interface Setup {
  readonly repository: string;
  /** The token of each job. */
  readonly token: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The secrets and variables of the environments. */
  readonly environments: Readonly<
    Record<string, { readonly secrets: Contexts; readonly variables?: Contexts }>
  >;
}

/** A step with its values. */
export interface ReadyStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** The job that a step belongs to. */
export interface RunningJob {
  /** For example `deployed (dev)` or `dev / apply`. */
  readonly name: string;
  readonly runId: number;
  readonly rights: Rights;
  readonly trigger: Trigger;
}

export interface StepResult {
  readonly isDone: boolean;
  readonly outputs?: Readonly<Record<string, string>>;
  /** What it has printed. */
  readonly log?: string;
}

export type Host = (step: ReadyStep, job: RunningJob) => Promise<StepResult>;

interface JobResult {
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
}

export type RunResult = Readonly<Record<string, JobResult>>;

/** A run of a workflow. */
export interface Run {
  /** The folder of the clone whose workflows are run. */
  readonly folder: string;
  readonly id: number;
  readonly trigger: Trigger;
  readonly setup: Setup;
  readonly host: Host;
}

/** @returns the jobs' results by name; a job's matrix and a called workflow's jobs have their own. */
export async function runWorkflow(run: Run, file: string, caller = ""): Promise<RunResult> {
  const path = join(run.folder, ".github", "workflows", file);
  const workflow = parse(readFileSync(path, "utf8")) as Workflow;
  const ended: Record<string, JobResult> = {};
  const all: Record<string, JobResult> = {};
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const parts = await runJob(run, { name: `${caller}${name}`, job, workflow, ended });
    Object.assign(all, parts);
    ended[name] = joined(Object.values(parts));
  }
  return all;
}

interface Place {
  readonly name: string;
  readonly job: Job;
  readonly workflow: Workflow;
  /** The results of the jobs before it. */
  readonly ended: Readonly<Record<string, JobResult>>;
}

const skipped: JobResult = { result: "skipped", outputs: {}, log: "" };

async function runJob(run: Run, place: Place): Promise<RunResult> {
  const { name, job, workflow, ended } = place;
  const needs = [job.needs ?? []].flat();
  const contexts = {
    ...contextsOf(run),
    needs: Object.fromEntries(needs.map((need) => [need, ended[need]])),
  };
  const results = ancestors(workflow, needs).map((need) => ended[need]!.result);
  const status = {
    success: needs.every((need) => ended[need]!.result === "success"),
    failure: results.includes("failure"),
  };
  if (!isMet(job.if, contexts, status)) return { [name]: skipped };
  if (job.uses !== undefined) {
    const inputs = Object.fromEntries(
      Object.entries(job.with ?? {}).map(([key, value]) => [key, resolve(value, contexts)]),
    );
    const called = { ...run, trigger: { ...run.trigger, inputs } };
    return await runWorkflow(called, job.uses.replace(/^.*\//, ""), `${name} / `);
  }
  const [[key, list] = []] = Object.entries(job.strategy?.matrix ?? {});
  if (key === undefined) return { [name]: await runSteps(run, place, contexts) };
  const parts: Record<string, JobResult> = {};
  for (const value of resolve(list, contexts) as string[]) {
    const within = { ...contexts, matrix: { [key]: value } };
    parts[`${name} (${value})`] = await runSteps(run, place, within, ` (${value})`);
  }
  return parts;
}

async function runSteps(
  run: Run,
  { name, job, workflow }: Place,
  outer: Contexts,
  part = "",
): Promise<JobResult> {
  const environment = String(resolve(job.environment ?? "", outer));
  const { secrets = {}, variables = {} } = run.setup.environments[environment] ?? {};
  if (environment !== "" && run.trigger.isFork) throw new Error(`${name} gives a fork secrets`);
  const base = {
    ...outer,
    secrets,
    vars: { ...(outer["vars"] as object), ...variables },
  };
  const env = resolveAll(job.env, base);
  const steps: Record<string, unknown> = {};
  const rights = job.permissions ?? workflow.permissions ?? {};
  const place = { name: `${name}${part}`, runId: run.id, rights, trigger: run.trigger };
  const log: string[] = [];
  let status: Status = { success: true, failure: false };
  for (const step of job.steps ?? []) {
    const contexts = { ...base, env, steps };
    if (!isMet(step.if, contexts, status)) continue;
    const {
      isDone,
      outputs = {},
      log: said = "",
    } = await run.host(readyStep(step, contexts, env), place);
    log.push(said);
    if (step.id !== undefined) {
      steps[step.id] = { outputs, outcome: isDone ? "success" : "failure" };
    }
    if (!isDone && step["continue-on-error"] !== true) status = { success: false, failure: true };
  }
  return {
    result: status.success ? "success" : "failure",
    outputs: resolveAll(job.outputs, { ...base, env, steps }),
    log: log.join("\n"),
  };
}

function readyStep(step: Step, contexts: Contexts, env: Readonly<Record<string, string>>) {
  return {
    ...(step.uses !== undefined && { uses: step.uses }),
    ...(step.run !== undefined && { run: step.run }),
    with: resolveAll(step.with, contexts),
    env: { ...env, ...resolveAll(step.env, contexts) },
  } satisfies ReadyStep;
}

function contextsOf({ trigger, setup, id }: Run): Contexts {
  return {
    github: {
      event_name: trigger.name,
      ...{ event: trigger.event, sha: trigger.sha, ref: trigger.ref, run_id: id },
      ...{ repository: setup.repository, server_url: "https://github.com", token: setup.token },
    },
    vars: trigger.isFork ? {} : setup.variables,
    inputs: trigger.inputs ?? {},
  };
}

function ancestors(workflow: Workflow, needs: readonly string[]): string[] {
  return needs.flatMap((need) => [
    need,
    ...ancestors(workflow, [workflow.jobs[need]?.needs ?? []].flat()),
  ]);
}

function joined(parts: readonly JobResult[]): JobResult {
  const results = parts.map(({ result }) => result);
  const outputs = Object.assign({}, ...parts.map((part) => part.outputs)) as JobResult["outputs"];
  if (results.includes("failure")) return { result: "failure", outputs, log: "" };
  return { result: results.includes("success") ? "success" : "skipped", outputs, log: "" };
}
