import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { concernOf, deployedStacks, inRolloutOrder } from "../../../../github/support/stacks.ts";

const project = ["Pulumi.yaml", "Pulumi.vagrant.yaml", "index.ts", "README.md"];
const files = [...project, "Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.staging.yaml"];
const all = ["dev", "staging", "prod"];

test("the deployed stacks of this project", () => {
  expect(deployedStacks(readdirSync("."))).toEqual(all);
});

test("stacks are in the order in which they get a change", () => {
  expect(inRolloutOrder(["west", "prod", "east", "dev"])).toEqual(["dev", "prod", "east", "west"]);
});

test("names that no stack can have are left out", () => {
  expect(deployedStacks(["Pulumi.$(reboot).yaml", "Pulumi.UP.yaml", "x/Pulumi.dev.yaml"])).toEqual(
    [],
  );
});

describe("a change of", () => {
  test.each([
    [["Pulumi.prod.yaml"], ["prod"]],
    [
      ["Pulumi.prod.yaml", "docs/operations.md", "Pulumi.dev.yaml"],
      ["dev", "prod"],
    ],
    [["Pulumi.vagrant.yaml"], []],
    [
      ["README.md", "LICENSE", "test/unit/a.test.ts", "bench/main.ts", "machine/cloud-init.yaml"],
      [],
    ],
    [
      [".github/workflows/test.yml", ".ci/run", "github/comment.ts", "cli/development/check.ts"],
      [],
    ],
    [[".prettierrc.json", "eslint.config.mjs", "Vagrantfile", "renovate.json"], []],
    [[], []],
    [["index.ts"], all],
    [["docker/README.md"], all],
    [["docker/handlers/reload"], all],
    [["Pulumi.yaml"], all],
    [["package-lock.json"], all],
    [["setup/tools/versions.ts"], all],
    [["cli/preview.ts"], all],
    [["policy/index.ts"], all],
    [["a-new-folder/a.ts"], all],
    [["a-new-file"], all],
    [["docs.ts"], all],
    [["Pulumi.dev.yaml", "lib/plan/agents.ts"], all],
  ])("%j concerns %j", (changed, stacks) => {
    expect(concernOf(files, changed)).toEqual({ stacks, removed: [] });
  });

  test("a removed stack's file names the stack and concerns no other", () => {
    expect(concernOf(files, ["Pulumi.edge.yaml", "Pulumi.dev.yaml"])).toEqual({
      ...{ stacks: ["dev"], removed: ["edge"] },
    });
  });
});
