import { createRequire } from "node:module";
import { type ResourceValidationArgs, Secret } from "@pulumi/policy";
import { secretsPreservingProxy } from "@pulumi/policy/secret.js";
import { expect, test } from "vitest";
import { noted, noteInputs } from "../../../../policy/pack/notes.ts";
import { unknownValue } from "../../../../policy/rules/rule.ts";

/** The SDK's own, which its types do not show. */
const { unknownCheckingProxy, unknownStringValue, unknownArrayValue } = createRequire(
  import.meta.url,
)("@pulumi/policy/proxy.js") as {
  readonly unknownCheckingProxy: (value: unknown) => ResourceValidationArgs["props"];
  readonly unknownStringValue: string;
  readonly unknownArrayValue: string;
};

/** Notes a resource as the SDK shows it to a remediation. */
function note(inputs: Readonly<Record<string, unknown>>) {
  const opts = { protect: true, ignoreChanges: ["labels"], additionalSecretOutputs: ["stdout"] };
  noteInputs.remediateResource({
    ...{ type: "a:b:C", urn: "urn", name: "one" },
    props: unknownCheckingProxy(secretsPreservingProxy(inputs)),
    opts: { ...opts, aliases: [], customTimeouts: {} },
  } as unknown as ResourceValidationArgs);
  return noted("urn");
}

test("notes inputs, and which of them are secret, at any depth", () => {
  const stdin = new Secret('{"gossipKey":"a"}');
  const { inputs, secretInputs } = note({
    ...{ stdin, memory: 128, isOn: true },
    envs: ["A=1", new Secret("B=2")],
    environment: new Secret({ C: "3" }),
    nothing: null,
  });
  expect(inputs).toEqual({
    ...{ stdin: '{"gossipKey":"a"}', memory: 128, isOn: true },
    envs: ["A=1", "B=2"],
    environment: { C: "3" },
    nothing: null,
  });
  expect(secretInputs).toEqual(["stdin", "envs.1", "environment"]);
});

test("notes what is not known yet, also where that is secret", () => {
  const { inputs, secretInputs } = note({
    ip: unknownStringValue,
    networks: [{ name: unknownStringValue }],
    ports: unknownArrayValue,
    stdin: new Secret(unknownStringValue),
  });
  expect(inputs).toEqual({
    ip: unknownValue,
    networks: [{ name: unknownValue }],
    ports: unknownValue,
    stdin: unknownValue,
  });
  expect(secretInputs).toEqual(["stdin"]);
});

test("notes the options", () => {
  expect(note({})).toMatchObject({
    isProtected: true,
    ignoredChanges: ["labels"],
    secretOutputs: ["stdout"],
  });
});

test("a resource that was not noted is an error, and no resource without faults", () => {
  expect(() => noted("another")).toThrow('Add "inputs": "remediate" to the settings');
});
