import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandStack, type Deployment, type Recorded, type Step } from "./stack.ts";

/** What the official plugin did with the program in the folder `golden`. */
interface Official {
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly v1: Pick<Recorded, "inputs" | "outputs" | "additionalSecretOutputs">;
        readonly v2: {
          readonly step: "same" | "update" | "replace";
          readonly detailedDiff?: Step["detailedDiff"];
          readonly outputs?: Recorded["outputs"];
          readonly sameId?: boolean;
        };
      }
    >
  >;
  readonly failing: {
    readonly fails: { readonly error: string };
    readonly "fails-delete": { readonly error: string };
  };
}

const folder = join(import.meta.dirname, "golden");
const program = readFileSync(join(folder, "index.ts"), "utf8");
const text = readFileSync(join(folder, "official.json"), "utf8");
const names = Object.keys((JSON.parse(text) as Official).cases);

let stack: CommandStack;
let official: Official;
const deployments: Deployment[] = [];
const states: Record<string, Recorded>[] = [];
let afterDestroy: Record<string, Recorded>;
let logAfter: string[];

beforeAll(async () => {
  stack = await CommandStack.make(program);
  official = JSON.parse(text.replaceAll("{cwd}", stack.dir)) as Official;
  stack.write("files/a.txt", "hello");
  logAfter = [];
  for (const v of ["1", "2", "fail"]) {
    await stack.pulumi("config", "set", "v", v);
    deployments.push(await stack.deploy("up", "--continue-on-error"));
    states.push(await stack.recorded());
    logAfter.push(stack.read("log"));
  }
  deployments.push(await stack.deploy("destroy", "--continue-on-error"));
  afterDestroy = await stack.recorded();
});

afterAll(() => {
  stack.remove();
});

/** Removes the keys by which Pulumi distinguishes assets, archives and secrets from maps. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    key === "4dabf18193072939515e22adb298388d" ? undefined : part,
  );
}

describe("as with the official plugin", () => {
  test.each(names)("%s is created with exactly the same inputs and outputs", (name) => {
    const { v1 } = official.cases[name]!;
    const recorded = states[0]![name]!;
    expect(plain(recorded.inputs)).toEqual(v1.inputs);
    expect(plain(recorded.outputs)).toEqual(v1.outputs);
    expect(recorded.additionalSecretOutputs).toEqual(v1.additionalSecretOutputs);
    expect(recorded.id).toMatch(new RegExp(`^${name}[0-9a-f]{8}$`));
  });

  test.each(names)("%s is changed by the same step", (name) => {
    const { v2 } = official.cases[name]!;
    const steps = deployments[1]!.steps[name]!;
    const [before, after] = [states[0]![name]!, states[1]![name]!];
    const ops = {
      same: ["same"],
      update: ["update"],
      // The replacement is created before the original is deleted.
      replace: ["create-replacement", "replace", "delete-replaced"],
    };
    expect(steps.map(({ op }) => op)).toEqual(ops[v2.step]);
    expect(steps[0]!.detailedDiff).toEqual(v2.detailedDiff);
    expect(plain(after.outputs)).toEqual(v2.outputs ?? plain(before.outputs));
    expect(after.id === before.id).toBe(v2.sameId ?? true);
  });

  test("delete runs once for each removed resource, with its recorded command", () => {
    expect(logAfter).toEqual(["", "gone\n", "gone\n"]);
    expect(stack.read("log").trim().split("\n").sort()).toEqual(["d2", "gone", "gone"]);
  });

  test("a create that fails reports the same error and is not recorded", () => {
    expect(deployments[2]!.code).not.toBe(0);
    expect(deployments[2]!.shown["fails"]).toContain(official.failing.fails.error);
    expect(states[2]).not.toHaveProperty("fails");
    expect(states[2]).toHaveProperty("fails-delete");
  });

  test("a delete that fails reports the same error and stays recorded", () => {
    expect(deployments[3]!.code).not.toBe(0);
    const { error } = official.failing["fails-delete"];
    expect(deployments[3]!.shown["fails-delete"]).toContain(error);
    expect(Object.keys(afterDestroy)).toEqual(["fails-delete"]);
  });

  test("output is shown while a command runs, according to logging", () => {
    const { shown } = deployments[0]!;
    expect(shown["plain"]!.trim().split("\n").sort()).toEqual(["err", "one"]);
    expect(shown["logging-stderr"]).toBe("err\n");
    expect(shown).not.toHaveProperty("logging-none");
    expect(shown["secret-env"]).toBe("hush\n");
  });
});
