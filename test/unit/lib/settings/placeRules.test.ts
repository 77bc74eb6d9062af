import { describe, expect, test } from "vitest";
import { faultsOf } from "../../support/settings.ts";

const services = { swarm: "services", registry: "registry.example/serf" };

test("services need a registry", () => {
  expect(faultsOf(services)).toEqual([]);
  expect(faultsOf({ swarm: "services" })).toEqual([
    "swarm is services, but registry is not set, from which the nodes pull the image; run " +
      "`pulumi config set registry registry.example:5000/serf` with your own",
  ]);
});

describe("what has no meaning with services is refused with the reason, not ignored", () => {
  test.each([
    [{ gossipPort: "8000" }, /^gossipPort is "8000", but swarm is services, and a service's ports/],
    [{ publishAddress: "10.0.0.1" }, /^publishAddress is "10\.0\.0\.1", .*`pulumi config rm pub/],
    [{ hostAgentIn: "container" }, /^hostAgentIn is "container", .* are tasks of a service;/],
    [{ hostAgentPort: "8001" }, /^hostAgentPort is "8001", /],
    [{ rpcPort: "8002" }, /^rpcPort is "8002", /],
    [{ retainData: "true" }, /^retainData is "true", .* a task's data ends with it;/],
    [{ tuneKernel: "true" }, /^tuneKernel is "true", .* cannot be reached from here;/],
    [{ hostAgent: "false" }, /^hostAgent is false, but swarm is services, and commands ask/],
    [{ join: "gateway" }, /^join is gateway, but swarm is services, whose members join the/],
  ])("%j", (values, message) => {
    const faults = faultsOf({ ...services, ...values });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  test("values as Pulumi.yaml declares them are no choice", () => {
    const declared = {
      gossipPort: "auto",
      rpcPort: "auto",
      retainData: "false",
      tuneKernel: "false",
    };
    expect(faultsOf({ ...services, ...declared })).toEqual([]);
  });
});

test("a user without a password, and a password without a user", () => {
  expect(faultsOf({ ...services, registryUser: "me" })).toEqual([
    "registryUser is set, but registryPassword is not; set both, or neither",
  ]);
  expect(faultsOf({ ...services, registryPassword: "x" })).toEqual([
    "registryPassword is set, but registryUser is not; set both, or neither",
  ]);
});

test("a registry without services", () => {
  expect(faultsOf({ registry: "registry.example/serf" })).toEqual([
    "registry is set, but swarm is off, and only a Swarm pulls the image; run `pulumi config rm registry`",
  ]);
});

test("a password in plain text, which is never printed", () => {
  const values = { ...services, registryUser: "me", registryPassword: "hunter2" };
  expect(faultsOf(values)).toEqual([]);
  const [fault, ...more] = faultsOf(values, { isSecret: () => false });
  expect(more).toEqual([]);
  expect(fault).toMatch(
    /^registryPassword is in plain text .* config set --secret registryPassword`$/,
  );
  expect(fault).not.toContain("hunter2");
});
