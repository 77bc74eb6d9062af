import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/rules/rule.ts";
import { derivedSecrets } from "../../../../policy/rules/secrets.ts";
import { broken, command, container } from "../../support/resources.ts";

const where = "stdin of a command, or a file that only the agent reads.";
const named = (name: string) =>
  `no-secret-in-environment: ${name} has a value and is named like a secret, allowed is ${where}`;

describe("a value that is named like a secret", () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["SERF_RPC_AUTH", { envs: ["SERF_RPC_AUTH=hunter2"] }],
    ["GOSSIP_KEY", { envs: ["GOMAXPROCS=1", "GOSSIP_KEY=hunter2"] }],
    ["-encrypt", { command: ["seed.json", "-encrypt=hunter2"] }],
    ["-rpc-auth", { command: ["seed.json", "-rpc-auth", "hunter2"] }],
    ["-token", { entrypoints: ["serf", "--token", unknownValue] }],
  ])("%s in a container", (name, inputs) => {
    const violations = broken(container(inputs));
    expect(violations).toEqual([named(name)]);
    expect(violations.join()).not.toContain("hunter2");
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["DB_PASSWORD", { environment: { DB_PASSWORD: "hunter2" } }],
    ["RPC_TOKEN", { environment: { RPC_TOKEN: unknownValue } }],
    ["gossipKey", { environment: { SERF_INPUT: '{"agents":[{"gossipKey":"hunter2"}]}' } }],
    ["API_KEY", { create: "API_KEY=hunter2 node programs/start.ts" }],
    ["-password", { delete: "node programs/stop.ts --password hunter2" }],
  ])("%s in a command", (name, inputs) => {
    const violations = broken(command("one", inputs));
    expect(violations).toEqual([named(name)]);
    expect(violations.join()).not.toContain("hunter2");
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["a file's name", { envs: ["TOKEN_FILE=/run/secrets/token"] }],
    ["no value", { envs: ["SERF_RPC_AUTH="], command: ["-encrypt=", "-token", "-bind=a"] }],
    ["another word", { envs: ["MONKEY=1"], command: ["-keyring-file=/run/serf/keyring"] }],
  ])("but not %s", (_, inputs) => {
    expect(broken(container(inputs))).toEqual([]);
  });

  test("nor what a command reads from its standard input", () => {
    expect(broken(command("one", { stdin: '{"gossipKey":"hunter2"}' }))).toEqual([]);
  });
});

describe("a value that Pulumi knows to be secret", () => {
  test.each(["envs.1", "command.0", "labels.3.value", "healthcheck.tests.1"])(
    "%s of a container is refused, whatever its name",
    (path) => {
      expect(broken(container({}, { secretInputs: [path] }))).toEqual([
        `no-secret-in-environment: ${path} is a secret, allowed is ${where}`,
      ]);
    },
  );

  test("the environment of a command is refused, its standard input is not", () => {
    const secretInputs = ["stdin", "environment.STATSD"];
    expect(broken(command("one", {}, { secretInputs }))).toEqual([
      `no-secret-in-environment: environment.STATSD is a secret, allowed is ${where}`,
    ]);
  });
});

describe("a secret output that is not known yet", () => {
  const key = command("secrets-gossip-key", {}, { secretOutputs: ["stdout"] });
  const made = (input: string) => container({}, { sources: { [input]: [key.urn] } });

  test.each(["envs", "command", "entrypoints"])("must not make %s of a container", (input) => {
    const one = made(input);
    expect(derivedSecrets.check([key, one], {})).toEqual([
      { urn: one.urn, message: `${input} is made from a secret, allowed is ${where}` },
    ]);
  });

  test("may make its uploads; another output may make anything", () => {
    expect(derivedSecrets.check([key, made("uploads")], {})).toEqual([]);
    const other = command("other");
    const one = container({}, { sources: { envs: [other.urn] } });
    expect(derivedSecrets.check([other, one], {})).toEqual([]);
  });
});
