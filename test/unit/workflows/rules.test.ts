import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { faultsIn, type RuleName, rules } from "../../workflows/rules.ts";

const folder = ".github/workflows";
const files = readdirSync(folder);
const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");

test.each(files)("%s keeps the rules", (file) => {
  expect(faultsIn(file, read(file))).toEqual([]);
});

/** What breaks a rule: in which workflow, what is replaced, and by what. */
type Break = readonly [file: string, before: string | RegExp, after: string];

const breaks: Readonly<Record<RuleName, readonly Break[]>> = {
  "actions are pinned by commit, with the version beside it": [
    ["test.yml", /checkout@.*/, "checkout@v7"],
    ["test.yml", /checkout@.*/, "checkout@main # v7.0.1"],
    ["test.yml", / # v7\.0\.1/, ""],
    ["deploy.yml", /uses: \.\/.*/, "uses: someone/else/.github/workflows/deploy.yml@main"],
  ],
  "a workflow may read the repository, and a job what the table says": [
    ["test.yml", "permissions:\n  contents: read\n", ""],
    ["test.yml", "contents: read", "contents: write"],
    ["test.yml", "permissions:\n  contents: read", "permissions: write-all"],
    [
      "preview.yml",
      "      pull-requests: write",
      "      pull-requests: write\n      actions: write",
    ],
    ["drift.yml", "      issues: write\n", ""],
  ],
  "no trigger hands a fork's change secrets": [
    ["preview.yml", "  pull_request:", "  pull_request_target:"],
    ["test.yml", /on:\n[^]*?\n\n/, "on: [push, pull_request_target]\n\n"],
    ["drift.yml", "  workflow_dispatch:", "  issue_comment:"],
  ],
  "values reach commands through variables": [
    ["preview.yml", 'echo "$NUMBER"', "echo ${{ github.event.pull_request.title }}"],
    ["test.yml", "run: .ci/run", "run: echo ${{ github.head_ref }}"],
  ],
  "a checkout keeps no token": [
    ["test.yml", "persist-credentials: false", "persist-credentials: true"],
    ["test.yml", "persist-credentials: false", "fetch-depth: 1"],
  ],
  "a job ends by itself": [["preview.yml", "    timeout-minutes: 10\n", ""]],
  "a job that changes a stack is alone with it, and is not cancelled": [
    ["deploy-stack.yml", "cancel-in-progress: false", "cancel-in-progress: true"],
    ["deploy-stack.yml", "      cancel-in-progress: false\n", ""],
    ["deploy-stack.yml", "group: deploy-${{ inputs.stack }}", "group: deploy"],
    ["deploy-stack.yml", /concurrency:\n.*\n.*\n {4}permissions/, "permissions"],
  ],
  "a job of a pull request has secrets and rights only on own branches": [
    ["preview.yml", / {6}github\.event\.pull_request\.head\.repo\.full_name == .* &&\n/, ""],
    ["preview.yml", "full_name == github.repository &&", "full_name != github.repository &&"],
    ["preview.yml", "== github.repository &&", "== github.repository ||"],
    ["preview.yml", "node-version: 24", "node-version: ${{ secrets.VERSION }}"],
    ["review-stacks.yml", "'' &&\n      (github", "'' ||\n      (github"],
    ["review-stacks.yml", "github.event_name == 'schedule' &&", "github.event_name != 'push' &&"],
    ["test.yml", "    timeout-minutes: 45", "    timeout-minutes: 45\n    environment: prod"],
  ],
  "what a fork's run has left is published by the default branch's programs": [
    ["preview-comment.yml", "event.repository.default_branch", "event.workflow_run.head_sha"],
    ["preview-comment.yml", / {10}ref: .*\n/, ""],
    ["preview-comment.yml", "npm ci --ignore-scripts", "npm ci"],
    [
      "preview-comment.yml",
      "github-token: ${{ github.token }}",
      "github-token: ${{ secrets.BOT }}",
    ],
  ],
};

describe.each(Object.keys(rules) as RuleName[])("the rule that %s", (rule) => {
  test.each(breaks[rule])("finds a fault in %s: %s → %s", (file, before, after) => {
    const text = read(file);
    const broken = text.replace(before, after);
    expect(broken).not.toBe(text);
    const faults = faultsIn(file, broken);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.filter((fault) => !fault.startsWith(rule))).toEqual([]);
  });
});
