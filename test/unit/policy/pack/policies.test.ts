import { readdirSync, readFileSync } from "node:fs";
import type {
  PolicyResource,
  ResourceValidation,
  ResourceValidationArgs,
  StackValidationArgs,
} from "@pulumi/policy";
import { describe, expect, test, vi } from "vitest";
import { noteInputs } from "../../../../policy/pack/notes.ts";
import { policiesOf } from "../../../../policy/pack/policies.ts";
import { resourceRules, stackRules } from "../../../../policy/rules/all.ts";
import type { Placed } from "../../../../policy/rules/rule.ts";

const rules = [...resourceRules, ...stackRules];

const argsOf = (type: string, name: string) => ({
  ...{ type, name, urn: `urn:${name}`, props: { size: 3 } },
  opts: { protect: false, ignoreChanges: [], additionalSecretOutputs: [] },
});

function note(type: string, name: string) {
  noteInputs.remediateResource(argsOf(type, name) as unknown as ResourceValidationArgs);
}

test("each rule is a policy of its own, after the one that notes inputs", () => {
  const names = policiesOf(resourceRules, stackRules).map(({ name }) => name);
  expect(names).toEqual([noteInputs.name, ...rules.map(({ name }) => name)]);
  expect(new Set(names).size).toBe(names.length);
});

test("a resource's policy reports each violation, and is asked for its type alone", () => {
  const rule = {
    ...{ name: "one", description: "One.", types: ["a:b:C"] },
    check: ({ inputs }: Pick<Placed, "inputs">) => ["first", `size ${String(inputs["size"])}`],
  };
  const [, policy] = policiesOf([rule], []);
  const { validateResource } = policy as { readonly validateResource: ResourceValidation };
  expect(validateResource).toHaveProperty("__pulumiType", "a:b:C");
  note("a:b:C", "x");
  const report = vi.fn();
  void validateResource(argsOf("a:b:C", "x") as unknown as ResourceValidationArgs, report);
  expect(report.mock.calls).toEqual([["first"], ["size 3"]]);
});

test("a policy for several types leaves the others alone", () => {
  const check = vi.fn(() => ["fault"]);
  const rule = { name: "one", description: "One.", types: ["a:b:C", "a:b:D"], check };
  const [, policy] = policiesOf([rule], []);
  const { validateResource } = policy as { readonly validateResource: ResourceValidation };
  expect(validateResource).not.toHaveProperty("__pulumiType");
  const reported = ["a:b:C", "a:b:D", "a:b:E"].filter((type) => {
    note(type, type);
    const report = vi.fn();
    void validateResource(argsOf(type, type) as unknown as ResourceValidationArgs, report);
    return report.mock.calls.length > 0;
  });
  expect(reported).toEqual(["a:b:C", "a:b:D"]);
});

test("a stack's policy sees inputs, dependencies and its own settings", () => {
  const check = vi.fn(() => [{ message: "too large", urn: "urn:y" }]);
  const rule = { name: "two", description: "Two.", settings: { most: 5 }, check };
  const [, policy] = policiesOf([], [rule]);
  expect(policy).toHaveProperty("configSchema.properties.most", {
    ...{ type: "integer", minimum: 1, default: 5 },
  });
  for (const name of ["x", "y"]) note("a:b:C", name);
  const x = { ...argsOf("a:b:C", "x"), dependencies: [], propertyDependencies: {} };
  const y = { ...argsOf("a:b:C", "y"), dependencies: [x], propertyDependencies: { size: [x] } };
  const provider = { ...x, type: "pulumi:providers:docker", urn: "urn:provider" };
  const report = vi.fn();
  const { validateStack } = policy as {
    readonly validateStack: (args: StackValidationArgs, report: () => void) => void;
  };
  validateStack(
    {
      resources: [provider, x, y] as unknown as PolicyResource[],
      getConfig: () => ({ most: 7 }),
    } as unknown as StackValidationArgs,
    report,
  );
  expect(report.mock.calls).toEqual([["too large", "urn:y"]]);
  expect(check).toHaveBeenCalledExactlyOnceWith(
    [
      expect.objectContaining({ urn: "urn:x", inputs: { size: 3 }, dependencies: [], sources: {} }),
      expect.objectContaining({ dependencies: ["urn:x"], sources: { size: ["urn:x"] } }),
    ],
    { most: 7 },
  );
});

describe.each(readdirSync("policy/config"))("the settings in %s", (file) => {
  const settings = JSON.parse(readFileSync(`policy/config/${file}`, "utf8")) as Readonly<
    Record<string, string | Readonly<Record<string, unknown>>>
  >;

  test.each(Object.entries(settings))("%s are those of a policy", (name, value) => {
    const rule = rules.find((one) => one.name === name);
    expect(rule, name).toBeDefined();
    const own: readonly string[] = Object.keys(
      rule !== undefined && "settings" in rule ? (rule.settings ?? {}) : {},
    );
    const allowed = ["enforcementLevel", ...own];
    const { enforcementLevel: level = "mandatory", ...rest } =
      typeof value === "string" ? { enforcementLevel: value } : value;
    expect(["mandatory", "advisory", "disabled"]).toContain(level);
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(rest)));
  });
});

test("the documents list every policy, and no other", () => {
  const section = readFileSync("docs/security.md", "utf8").split("\n## Policies\n")[1]!;
  const [table = ""] = section.split("\nAll are mandatory");
  const names = [...table.matchAll(/^\| `([\w-]+)` /gm)].map(([, name]) => name);
  expect(names.sort()).toEqual(rules.map(({ name }) => name).sort());
});
