import { describe, expect, test } from "vitest";
import {
  type ReadyStep,
  runWorkflow,
  type RunningJob,
  type RunResult,
  type Setup,
  type StepResult,
  type Trigger,
} from "../../workflows/runner.ts";

// Which jobs of which workflow run, and what they are given. The steps do nothing here.

const repository = "acme/cluster";
const secrets = { PULUMI_CONFIG_PASSPHRASE: "hush", ENGINE_SSH_KEY: "hush" };
const stacks = ["dev", "staging", "prod"];
const ofStacks = Object.fromEntries(
  ["", "preview-", "drift-"].flatMap((kind) =>
    stacks.map((stack) => [`${kind}${stack}`, { secrets }]),
  ),
);

interface Given {
  readonly environments?: Setup["environments"];
  readonly variables?: Readonly<Record<string, string>>;
  /** What a step does, by a part of its command or its action. Default: it succeeds. */
  readonly steps?: Readonly<Record<string, StepResult>>;
}

const shared = { PULUMI_BACKEND_URL: "s3://state" };

async function run(
  file: string,
  trigger: Trigger,
  { variables = shared, steps = {}, environments = ofStacks }: Given = {},
) {
  const done: { readonly job: RunningJob; readonly step: ReadyStep }[] = [];
  const host = (step: ReadyStep, job: RunningJob) => {
    done.push({ job, step });
    const [, result = { isDone: true }] =
      Object.entries(steps).find(([part]) => (step.run ?? step.uses)?.includes(part)) ?? [];
    return Promise.resolve(result);
  };
  const setup = { repository, token: "token", variables, environments };
  const results = await runWorkflow({ folder: ".", id: 7, trigger, setup, host }, file);
  return { results, done };
}

function ran(results: RunResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries(results).flatMap(([name, { result }]) =>
      result === "skipped" ? [] : [[name, result]],
    ),
  );
}

const concerned = (...list: string[]): NonNullable<Given["steps"]> => ({
  concernedStacks: { isDone: true, outputs: { stacks: JSON.stringify(list) } },
});

function pullRequest(isFork: boolean): Trigger {
  const head = { sha: "b".repeat(40), repo: { full_name: isFork ? "eve/cluster" : repository } };
  const event = { pull_request: { number: 5, head, base: { sha: "a".repeat(40) } } };
  return { name: "pull_request", sha: "c".repeat(40), ref: "refs/pull/5/merge", event, isFork };
}

const push: Trigger = {
  name: "push",
  ...{ sha: "d".repeat(40), ref: "refs/heads/main", event: { before: "a".repeat(40) } },
};

const reviewed = {
  reviewedRun: { isDone: true, outputs: { found: '{"pullRequest":5,"run":41}' } },
};

describe("preview.yml", () => {
  test("previews each concerned stack of an own branch, and comments", async () => {
    const { results, done } = await run("preview.yml", pullRequest(false), {
      steps: concerned("dev", "prod"),
    });
    expect(ran(results)).toEqual({
      ...{ stacks: "success", "deployed (dev)": "success", "deployed (prod)": "success" },
      comment: "success",
    });
    const preview = done.find(({ step }) => step.run?.startsWith("npm run preview"))!;
    expect(preview.step.env).toMatchObject({
      ...{ STACK: "dev", PULUMI_CONFIG_PASSPHRASE: "hush", ...shared },
    });
  });

  test("gives a fork's change neither secrets nor the right to write", async () => {
    const { results, done } = await run("preview.yml", pullRequest(true), {
      steps: concerned("dev", "prod"),
    });
    expect(ran(results)).toEqual({ stacks: "success", fork: "success" });
    expect(JSON.stringify(done)).not.toContain("hush");
    expect(new Set(done.map(({ job }) => JSON.stringify(job.rights)))).toEqual(
      new Set(['{"contents":"read"}']),
    );
  });

  test("comments when a preview has failed", async () => {
    const { results } = await run("preview.yml", pullRequest(false), {
      steps: { ...concerned("dev"), "npm run preview": { isDone: false } },
    });
    expect(ran(results)).toEqual({
      ...{ stacks: "success", "deployed (dev)": "failure", comment: "success" },
    });
  });

  test("previews an own branch on the runner where no backend is set up", async () => {
    const given = { steps: concerned("dev"), variables: {} };
    const { results } = await run("preview.yml", pullRequest(false), given);
    expect(ran(results)).toEqual({ stacks: "success", fork: "success", comment: "success" });
  });

  test("previews nothing where no stack is concerned, and updates the comment", async () => {
    const { results } = await run("preview.yml", pullRequest(false), { steps: concerned() });
    expect(ran(results)).toEqual({ stacks: "success", comment: "success" });
  });
});

describe("preview-comment.yml", () => {
  const trigger = (head: string, event = "pull_request"): Trigger => ({
    name: "workflow_run",
    ...{ sha: "a".repeat(40), ref: "refs/heads/main" },
    event: {
      repository: { default_branch: "main" },
      workflow_run: {
        ...{ id: 7, event, conclusion: "success", head_sha: "b".repeat(40) },
        head_repository: { full_name: head },
      },
    },
  });

  test.each([
    ["a fork's change", "eve/cluster", "pull_request", { comment: "success" }],
    ["an own branch's", repository, "pull_request", {}],
    ["anything else of a fork", "eve/cluster", "push", {}],
  ])("is for %s", async (_, head, event, jobs) => {
    const { results, done } = await run("preview-comment.yml", trigger(head, event));
    expect(ran(results)).toEqual(jobs);
    const refs = done.flatMap(({ step }) => step.with["ref"] ?? []);
    expect(refs.filter((ref) => ref !== "main")).toEqual([]);
  });

  test("says nothing where the run has left no review", async () => {
    const { done } = await run("preview-comment.yml", trigger("eve/cluster"));
    expect(done.some(({ step }) => step.run?.includes("comment.ts"))).toBe(true);
    const none = { "download-artifact": { isDone: false } };
    const other = await run("preview-comment.yml", trigger("eve/cluster"), { steps: none });
    expect(ran(other.results)).toEqual({ comment: "success" });
    expect(other.done.some(({ step }) => step.run?.includes("comment.ts"))).toBe(false);
  });
});

describe("deploy.yml", () => {
  const all = { ...concerned("dev", "staging", "prod"), ...reviewed };
  const applied = (done: readonly { readonly step: ReadyStep }[]) =>
    done.flatMap(({ step }) => (step.run?.startsWith("npm start") ? [step.env["STACK"]] : []));

  test("rolls out stack by stack, by the plan of the reviewed run", async () => {
    const { results, done } = await run("deploy.yml", push, { steps: all });
    expect(ran(results)).toEqual({
      ...{ reviewed: "success", "dev / apply": "success", "staging / apply": "success" },
      "prod / apply": "success",
    });
    expect(applied(done)).toEqual(stacks);
    const runs = done.flatMap(({ step }) => step.with["run-id"] ?? []);
    expect(runs).toEqual(["41", "41", "41"]);
  });

  test("leaves out what the change does not concern", async () => {
    const steps = { ...concerned("prod"), ...reviewed };
    const { done } = await run("deploy.yml", push, { steps });
    expect(applied(done)).toEqual(["prod"]);
  });

  test("stops at the first stack that fails", async () => {
    const steps = { ...all, "npm start": { isDone: false } };
    const { results, done } = await run("deploy.yml", push, { steps });
    expect(ran(results)).toEqual({ reviewed: "success", "dev / apply": "failure" });
    expect(applied(done)).toEqual(["dev"]);
  });

  test("changes nothing without a reviewed plan", async () => {
    const steps = { ...all, reviewedRun: { isDone: false } };
    const { results, done } = await run("deploy.yml", push, { steps });
    expect(ran(results)).toEqual({ reviewed: "failure" });
    expect(applied(done)).toEqual([]);
  });

  test("does nothing where no backend is set up, or no stack is concerned", async () => {
    expect(ran((await run("deploy.yml", push, { variables: {} })).results)).toEqual({});
    const { results } = await run("deploy.yml", push, { steps: concerned() });
    expect(ran(results)).toEqual({ reviewed: "success" });
  });

  const byHand = (ref: string): Trigger => ({
    name: "workflow_dispatch",
    ...{ sha: "d".repeat(40), ref, event: {}, inputs: { stack: "staging" } },
  });

  test("by hand makes a plan for one stack and applies that", async () => {
    const { results, done } = await run("deploy.yml", byHand("refs/heads/main"));
    expect(ran(results)).toEqual({ "by-hand / plan": "success", "by-hand / apply": "success" });
    expect(done.flatMap(({ step }) => step.with["run-id"] ?? [])).toEqual(["7"]);
  });

  test("by hand deploys no other branch", async () => {
    expect(ran((await run("deploy.yml", byHand("refs/heads/mine"))).results)).toEqual({});
  });

  test("by hand applies nothing when the plan fails", async () => {
    const steps = { "npm run preview": { isDone: false } };
    const { results } = await run("deploy.yml", byHand("refs/heads/main"), { steps });
    expect(ran(results)).toEqual({ "by-hand / plan": "failure" });
  });
});

describe("drift.yml", () => {
  const nightly: Trigger = { name: "schedule", sha: "", ref: "refs/heads/main", event: {} };

  test("looks at each stack, also after one that failed", async () => {
    const steps = { "npm run --silent drift": { isDone: false } };
    const { results, done } = await run("drift.yml", nightly, { steps });
    expect(ran(results)).toEqual({
      ...{ "drift (dev)": "failure", "drift (staging)": "failure", "drift (prod)": "failure" },
    });
    expect(done.some(({ step }) => step.run?.includes("driftIssue"))).toBe(false);
  });
});

describe("review-stacks.yml", () => {
  const labelled = (action: string, isFork: boolean, label = "review-stack"): Trigger => {
    const trigger = pullRequest(isFork);
    const pull = { ...(trigger.event["pull_request"] as object), labels: [{ name: label }] };
    return { ...trigger, event: { action, label: { name: label }, pull_request: pull } };
  };
  const environments = { "review-stacks": { secrets } };

  test.each<[string, string, string, object]>([
    ["brings a stack up", "labeled", "review-stack", { up: "success" }],
    ["brings it up again for a new commit", "synchronize", "review-stack", { up: "success" }],
    ["takes it down", "closed", "review-stack", { down: "success" }],
    ["ignores other labels", "labeled", "bug", {}],
    ["ignores the end of others", "closed", "bug", {}],
  ])("%s: %s, %s", async (_, action, label, jobs) => {
    const { results, done } = await run("review-stacks.yml", labelled(action, false, label), {
      environments,
    });
    expect(ran(results)).toEqual(jobs);
    const named = done.flatMap(({ step }) => step.env["STACK"] ?? []);
    expect(new Set(named)).toEqual(new Set(Object.keys(jobs).length > 0 ? ["pr-5"] : []));
  });

  test.each(["labeled", "closed", "unlabeled"])("does nothing for a fork: %s", async (action) => {
    const { results } = await run("review-stacks.yml", labelled(action, true), { environments });
    expect(ran(results)).toEqual({});
  });

  test("takes it down without the label", async () => {
    const trigger = labelled("unlabeled", false);
    const pull = { ...(trigger.event["pull_request"] as object), labels: [] };
    const event = { ...trigger.event, pull_request: pull };
    const { results } = await run("review-stacks.yml", { ...trigger, event }, { environments });
    expect(ran(results)).toEqual({ down: "success" });
  });

  test("prunes at night", async () => {
    const nightly: Trigger = { name: "schedule", sha: "", ref: "refs/heads/main", event: {} };
    const { results } = await run("review-stacks.yml", nightly, { environments });
    expect(ran(results)).toEqual({ prune: "success" });
  });
});
