import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { docker } from "../../../../lib/host/run.ts";
import { containersOf, membersIn, withStatus } from "../../support/project.ts";
import { projectWith } from "../../support/stack.ts";

// The tests run in order: what a reviewer sees of each change, and Pulumi's own commands on members.

const stack = "e2e-review";
const config = {
  subnet: "172.31.216.0/24",
  gossipPort: 18160,
  rpcPort: 18170,
  joiners: 3,
  convergenceTimeout: 120,
};
const named = (part: string) => `serf-${stack}-${part}`;
const urnOf = (joiner: string) =>
  `urn:pulumi:${stack}::serf::serf:cluster:Joiners$docker:index/container:Container::${joiner}`;

const project = projectWith({ [stack]: config }, { timeout: 580_000 });

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  readonly diffReasons?: readonly string[] | null;
}

/** Runs Pulumi on the stack without prompts. */
function pulumi(command: string, ...args: string[]): Promise<string> {
  const flags = ["up", "refresh"].includes(command) ? ["--yes", "--skip-preview"] : [];
  return project.succeed("pulumi", command, "--stack", stack, ...flags, ...args);
}

/** The steps of a preview as `operation type name: properties`. */
async function review(...args: string[]): Promise<string[]> {
  const output = await pulumi("preview", "--json", ...args);
  const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: readonly Step[] };
  return steps
    .filter(({ op }) => op !== "same" && op !== "refresh")
    .map(({ op, urn, detailedDiff, diffReasons }) => {
      const [path = "", name = ""] = urn.split("::").slice(2);
      const type = path
        .split("$")
        .at(-1)!
        .replace(/^.*[:/]/, "");
      const properties = new Set([...Object.keys(detailedDiff ?? {}), ...(diffReasons ?? [])]);
      const list = [...properties].map((one) => one.replace(/[.[].*/s, ""));
      return `${op} ${type} ${name}: ${[...new Set(list)].sort().join(", ")}`.replace(/: $/, "");
    })
    .sort();
}

const containerSteps = (steps: readonly string[]) =>
  steps.filter((step) => / Container /.test(step)).map((step) => step.replace(/:.*/, ""));

async function expectNothingToDo(...args: string[]): Promise<void> {
  expect(await review(...args)).toEqual([]);
}

describe("each change is shown member by member, and applied by the saved plan", () => {
  test.each<[string, () => unknown]>([
    ["three to five", () => project.configure(stack, { ...config, joiners: 5 })],
    ["five to two", () => project.configure(stack, { ...config, joiners: 2 })],
    [
      "another image",
      () => {
        const file = project.path("docker", "handlers", "load");
        writeFileSync(file, `${readFileSync(file, "utf8")}\n# another one\n`);
      },
    ],
    [
      "other limits",
      () => project.configure(stack, { ...config, joiners: 2, limits: { memory: 96 } }),
    ],
    [
      "another tag",
      () =>
        project.configure(stack, {
          ...config,
          ...{ joiners: 2, limits: { memory: 96 }, tags: { rack: "a7" } },
        }),
    ],
    ["a joiner removed", () => docker(["rm", "--force", named("joiner-2")])],
  ])("%s", async (name, change) => {
    await change();
    const plan = project.path("plan.json");
    const steps = await review("--save-plan", plan);
    await expect(`${steps.join("\n")}\n`).toMatchFileSnapshot(`review/${name}.txt`);
    await pulumi("up", "--plan", plan);
    await expectNothingToDo();
    const { code, output } = await project.run("drift", "--stack", stack);
    expect(code, output).toBe(0);
  });
});

test("a refresh finds nothing, before and after", async () => {
  await pulumi("refresh");
  await expectNothingToDo();
  await expectNothingToDo("--refresh");
  expect(await pulumi("up", "--refresh")).toMatch(/\d+ unchanged/);
});

test("a replaced seed keeps its address, and no joiner is replaced", async () => {
  const limits = { memory: 96 };
  const other = { ...config, joiners: 2, limits, tags: { rack: "a7" }, gossipPort: 18161 };
  project.configure(stack, other);
  const steps = await review();
  expect(containerSteps(steps)).toEqual(["replace Container seed"]);
  const before = await containersOf(stack);
  await project.succeed("start", "--stack", stack);
  const after = await containersOf(stack);
  expect(after[named("joiner-1")]).toBe(before[named("joiner-1")]);
  expect(after[named("seed")]).not.toBe(before[named("seed")]);
  await expectNothingToDo();
});

test("--replace replaces only the named joiner", async () => {
  const before = await containersOf(stack);
  await pulumi("up", "--replace", urnOf("joiner-2"));
  const after = await containersOf(stack);
  expect(after[named("joiner-2")]).not.toBe(before[named("joiner-2")]);
  expect(after[named("joiner-1")]).toBe(before[named("joiner-1")]);
  await expectNothingToDo();
});

test("--target changes only the named member", async () => {
  const limits = { memory: 80 };
  project.configure(stack, {
    ...{ ...config, joiners: 2, limits, tags: { rack: "a7" }, gossipPort: 18161 },
  });
  const before = await containersOf(stack);
  await pulumi("up", "--target", urnOf("joiner-1"));
  const after = await containersOf(stack);
  expect(after[named("joiner-1")]).not.toBe(before[named("joiner-1")]);
  expect(after[named("joiner-2")]).toBe(before[named("joiner-2")]);
  await pulumi("up");
  await expectNothingToDo();
});

test("a joiner missing from the state can be imported; the next start replaces only that one", async () => {
  const before = await containersOf(stack);
  await pulumi("state", "delete", urnOf("joiner-2"), "--target-dependents", "--yes");
  const parent = `urn:pulumi:${stack}::serf::serf:cluster:Joiners::joiners`;
  const provider = /urn:\S+::pulumi:providers:docker::default-engine::[\w-]+/.exec(
    await pulumi("stack", "export"),
  )![0];
  await pulumi(
    "import",
    ...["docker:index/container:Container", "joiner-2", before[named("joiner-2")]!],
    ...["--parent", `parent=${parent}`, "--provider", `docker=${provider}`],
    ...["--yes", "--skip-preview", "--protect=false", "--generate-code=false"],
  );
  // For an imported container the provider reads neither labels nor volumes.
  expect(containerSteps(await review())).toEqual(["replace Container joiner-2"]);
  await project.succeed("start", "--stack", stack);
  const after = await containersOf(stack);
  expect(after[named("joiner-1")]).toBe(before[named("joiner-1")]);
  expect(after[named("joiner-2")]).not.toBe(before[named("joiner-2")]);
  await expectNothingToDo();
});

test("a joiner missing from the state that is not imported is recreated by the next start", async () => {
  const before = await containersOf(stack);
  await pulumi("state", "delete", urnOf("joiner-2"), "--target-dependents", "--yes");
  const { output } = await project.run("pulumi", "up", "--yes", "--stack", stack);
  expect(output).toContain(`${named("joiner-2")}, which is not in the state`);
  await project.succeed("start", "--stack", stack);
  const after = await containersOf(stack);
  expect(after[named("joiner-2")]).not.toBe(before[named("joiner-2")]);
  expect(after[named("joiner-1")]).toBe(before[named("joiner-1")]);
  expect(withStatus(await membersIn(named("seed")), "alive")).toContain(named("joiner-2"));
});

test("a transform protects one joiner", async () => {
  const file = project.path("index.ts");
  const program = readFileSync(file, "utf8");
  const before = "  silenceSdk();\n";
  const transform = `  runtime.registerResourceTransform(({ name, props, opts }) =>
    name === "joiner-2" ? { props, opts: { ...opts, protect: true } } : undefined,
  );
`;
  expect(program).toContain(before);
  const keep = { ...config, limits: { memory: 80 }, tags: { rack: "a7" }, gossipPort: 18161 };
  try {
    const imported = `import { runtime } from "@pulumi/pulumi";\n`;
    writeFileSync(file, imported + program.replace(before, before + transform));
    await pulumi("up");
    project.configure(stack, { ...keep, joiners: 1 });
    const { code, output } = await project.run("pulumi", "preview", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toContain("joiner-2");
    expect(output).toContain("protect");
  } finally {
    project.configure(stack, { ...keep, joiners: 2 });
    writeFileSync(file, program);
    await pulumi("up");
  }
  await expectNothingToDo();
});
