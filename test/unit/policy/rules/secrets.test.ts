import { describe, expect, test } from "vitest";
import { serviceConfigType, unknownValue } from "../../../../policy/rules/rule.ts";
import { derivedSecrets } from "../../../../policy/rules/secrets.ts";
import {
  broken,
  command,
  container,
  keyring,
  resource,
  service,
  labelled,
} from "../../support/resources.ts";

const where = "stdin of a command, or a file that only the agent reads.";
const whereServices = "a docker.Secret that the service's containers get as a file.";
const named = (name: string, allowed = where) =>
  `no-secret-in-environment: ${name} has a value and is named like a secret, allowed is ${allowed}`;
const configuration = (inputs: object, more: Parameters<typeof resource>[3] = {}) =>
  resource(serviceConfigType, "joiner", { labels: labelled(), ...inputs }, more);
const encoded = (text: string) => ({ data: Buffer.from(text).toString("base64") });

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

  test.each<[string, object]>([
    ["SERF_RPC_AUTH", { env: { SERF_RPC_AUTH: "hunter2" } }],
    ["SERF_RPC_AUTH", { env: { SERF_RPC_AUTH: unknownValue } }],
    ["gossipKey", { env: { SERF_INPUT: '{"gossipKey":"hunter2"}' } }],
    ["-encrypt", { commands: ["agent", "-encrypt=hunter2"] }],
    ["-rpc-auth", { args: ["joiner", "-rpc-auth", "hunter2"] }],
    ["-token", { commands: ["serf", "--token"], args: ["hunter2"] }],
  ])("%s in a service", (name, spec) => {
    const violations = broken(service({ spec }));
    expect(violations).toEqual([named(name, whereServices)]);
    expect(violations.join()).not.toContain("hunter2");
  });

  test.each<[string, object]>([
    ["rpc_auth", encoded('{"tags":{"role":"seed"},"rpc_auth":"hunter2"}')],
    ["encrypt_key", encoded('{ "agents": [{ "encrypt_key": "hunter2" }] }')],
    ["RPC_TOKEN", encoded("A=1\nRPC_TOKEN=hunter2\n")],
    ["encrypt_key", { dataRaw: '{"encrypt_key":"hunter2"}' }],
  ])("%s in the configuration of a service", (name, inputs) => {
    const violations = broken(configuration(inputs));
    expect(violations).toEqual([named(name, whereServices)]);
    expect(violations.join()).not.toContain("hunter2");
  });

  test("but not the name of a keyring's file there, nor what a secret of the Swarm has", () => {
    expect(broken(configuration(encoded('{"keyring_file":"/serf/keyring"}')))).toEqual([]);
    expect(broken(configuration({ data: unknownValue }))).toEqual([]);
    expect(broken(keyring(encoded('{"rpc_auth":"hunter2"}'), { secretInputs: ["data"] }))).toEqual(
      [],
    );
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

  test.each(["taskSpec", "taskSpec.containerSpec.env.A", "labels"])(
    "%s of a service is refused, the credentials for its registry are not",
    (path) => {
      expect(broken(service({}, { secretInputs: ["auth", path] }))).toEqual([
        `no-secret-in-environment: ${path} is a secret, allowed is ${whereServices}`,
      ]);
    },
  );

  test.each(["data", "dataRaw"])("%s of a service's configuration is refused", (path) => {
    expect(broken(configuration({}, { secretInputs: [path] }))).toEqual([
      `no-secret-in-environment: ${path} is a secret, allowed is ${whereServices}`,
    ]);
  });

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

  test("must not make a service's tasks or its configuration", () => {
    const task = service({}, { sources: { taskSpec: [key.urn] } });
    const config = configuration({}, { sources: { data: [key.urn] } });
    expect(derivedSecrets.check([key, task, config], {})).toEqual([
      { urn: task.urn, message: `taskSpec is made from a secret, allowed is ${whereServices}` },
      { urn: config.urn, message: `data is made from a secret, allowed is ${whereServices}` },
    ]);
  });

  test.each([
    ["env", { A: unknownValue }],
    ["args", ["joiner", unknownValue]],
    ["healthcheck", { tests: ["CMD", unknownValue] }],
    ["commands", unknownValue],
  ])("may be what makes %s of a service that names it", (part, value) => {
    const secret = keyring({}, { secretOutputs: ["data"] });
    const one = service({ spec: { [part]: value } });
    const message = `taskSpec.containerSpec.${part} may be made from a secret that is not known yet, allowed is ${whereServices}`;
    expect(derivedSecrets.check([secret, one], {})).toEqual([{ urn: one.urn, message }]);
    expect(derivedSecrets.check([one], {})).toEqual([]);
  });

  test("a service may name secrets of the Swarm, nothing else may be made from them", () => {
    const secret = keyring({}, { secretOutputs: ["data"] });
    const config = configuration({}, { sources: { data: [secret.urn] } });
    const one = container({}, { sources: { envs: [secret.urn] } });
    const violations = derivedSecrets.check([secret, service(), config, one], {});
    expect(violations.map(({ urn }) => urn)).toEqual([config.urn, one.urn]);
  });
});
