/** The rules for the workflows of GitHub Actions, each a function that returns what breaks it. */
import { parse } from "yaml";

import type { Job, Rights, Step, Workflow } from "./workflow.ts";

/** What is at most allowed in every workflow; jobs that need more are in {@link jobRights}. */
const commonRights: Rights = { contents: "read" };

const apply: Rights = { contents: "read", actions: "read" };

/** The jobs that need other rights, by file. */
const jobRights: Readonly<Record<string, Readonly<Record<string, Rights>>>> = {
  "preview.yml": { comment: { contents: "read", "pull-requests": "write" } },
  "preview-comment.yml": {
    comment: { contents: "read", actions: "read", "pull-requests": "write" },
  },
  "deploy.yml": {
    reviewed: { contents: "read", actions: "read", "pull-requests": "read" },
    ...{ dev: apply, staging: apply, prod: apply, "by-hand": apply },
  },
  "deploy-stack.yml": { apply },
  "drift.yml": { drift: { contents: "read", issues: "write" } },
};

/** Those whose runs, with secrets and a token that may write, nobody outside of the repository can start. */
const triggers = [
  ...["pull_request", "push", "schedule"],
  ...["workflow_call", "workflow_dispatch", "workflow_run"],
];

/** Conditions one of which keeps a fork's change from a job of a workflow for pull requests. */
const withoutForks = [
  "github.event.pull_request.head.repo.full_name == github.repository",
  "github.event_name == 'schedule'",
];

/** The number of the pull request names its stack. */
const stackNames = ["${{ inputs.stack }}", "${{ github.event.pull_request.number }}"];

/** A workflow's file. */
interface Given {
  readonly file: string;
  readonly text: string;
  readonly workflow: Workflow;
  readonly jobs: readonly (readonly [name: string, job: Job])[];
  readonly steps: readonly Step[];
}

export type RuleName = keyof typeof rules;

export const rules = {
  "actions are pinned by commit, with the version beside it": ({ text }) =>
    [...text.matchAll(/^ *(?:- )?uses: *(.*)$/gm)]
      .map(([, uses = ""]) => uses)
      .filter((uses) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses))
      .filter((uses) => !/^\.\/\.github\/workflows\/[\w-]+\.yml$/.test(uses)),

  "a workflow may read the repository, and a job what the table says": (given) => [
    ...(same(given.workflow.permissions, commonRights) ? [] : ["the workflow"]),
    ...given.jobs.flatMap(([name, { permissions }]) =>
      same(permissions, jobRights[given.file]?.[name]) ? [] : [name],
    ),
  ],

  "no trigger hands a fork's change secrets": ({ workflow: { on } }) => {
    const names = typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on);
    return (names as string[]).filter((name) => !triggers.includes(name));
  },

  "values reach commands through variables": ({ steps }) =>
    steps.flatMap(({ run }) => (run?.includes("${{") ? [run] : [])),

  "a checkout keeps no token": ({ steps }) =>
    steps.flatMap(({ uses, with: inputs }) =>
      uses?.startsWith("actions/checkout@") && inputs?.["persist-credentials"] !== false
        ? [uses]
        : [],
    ),

  "a job ends by itself": ({ jobs }) =>
    jobs.flatMap(([name, job]) =>
      job.uses === undefined && job["timeout-minutes"] === undefined ? [name] : [],
    ),

  "a job that changes a stack is alone with it, and is not cancelled": ({ jobs }) =>
    jobs.flatMap(([name, { environment, steps = [], concurrency }]) => {
      const changes = steps.some(({ run }) => /\bnpm (start|stop)\b/.test(run ?? ""));
      if (!changes || environment === undefined) return [];
      const isAlone = stackNames.some((stack) => concurrency?.group.includes(stack));
      return isAlone && concurrency?.["cancel-in-progress"] === false ? [] : [name];
    }),

  "a job of a pull request has secrets and rights only on own branches": (given) =>
    !startedBy(given, "pull_request")
      ? []
      : given.jobs.flatMap(([name, job]) => {
          const writes = Object.values(job.permissions ?? {}).includes("write");
          const isTrusted = writes || job.environment !== undefined || namesSecrets(job);
          const conditions = conditionsOf(job.if ?? "");
          const isOwn = withoutForks.some((condition) => conditions.includes(condition));
          return isTrusted && !isOwn ? [name] : [];
        }),

  "what a fork's run has left is published by the default branch's programs": (given) =>
    !startedBy(given, "workflow_run")
      ? []
      : [
          ...given.jobs.filter(([, job]) => namesSecrets(job)).map(([name]) => name),
          ...given.steps.flatMap(({ uses, with: inputs, run }) => {
            const isCheckout = uses?.startsWith("actions/checkout@") ?? false;
            const isDefault = inputs?.["ref"] === "${{ github.event.repository.default_branch }}";
            if (isCheckout && !isDefault) return [uses!];
            return run !== undefined && !/^(npm ci --ignore-scripts$|number=)/.test(run)
              ? [run]
              : [];
          }),
        ],
} satisfies Readonly<Record<string, (given: Given) => readonly string[]>>;

/** What breaks the rules in a workflow's file, each with the rule's name. */
export function faultsIn(file: string, text: string): string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);
  const given = { file, text, workflow, jobs, steps };
  return Object.entries(rules).flatMap(([name, rule]) =>
    rule(given).map((fault) => `${name}: ${fault}`),
  );
}

/** The conditions that must all be met, without those that only one of several must. */
function conditionsOf(text: string): string[] {
  const flat = text.replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, "()");
  return flat.includes("||") ? [] : flat.split("&&").map((part) => part.trim());
}

function same(a: Rights | undefined, b: Rights | undefined): boolean {
  const sorted = (rights: Rights | undefined) =>
    Object.entries(rights ?? {})
      .sort()
      .join();
  return sorted(a) === sorted(b);
}

function startedBy({ workflow: { on } }: Given, trigger: string): boolean {
  if (typeof on === "string") return on === trigger;
  return Array.isArray(on) ? on.includes(trigger) : trigger in on;
}

/** The token in `github.token` is no secret in that sense: its rights are the job's. */
function namesSecrets(job: Job): boolean {
  return job.secrets !== undefined || /\bsecrets\b/.test(JSON.stringify(job));
}
