import { describe, expect, test } from "vitest";
import {
  type AgentContainer,
  type ContainerDescription,
  containerSpec,
  describeContainer,
} from "../../../../lib/containers/description.ts";
import { specOf } from "../../../../lib/plan/agents.ts";
import { containerArgs, containerLabels, describedIn } from "../../../../lib/containers/args.ts";
import { engineContainer } from "../../../../lib/containers/engineForm.ts";

const labels = { "serf.project": "serf", "serf.stack": "test" };

const common = {
  image: "serf-test:1",
  network: "serf-test",
  volumes: { config: "serf-test-config", data: "serf-test-data" },
  limits: { memory: 128, cpus: 0.5 },
  profile: "wan",
} as const;
const seed: AgentContainer = {
  ...{ ...common, name: "serf-test-seed", address: "10.9.0.2", group: "seed" },
  publish: { address: "127.0.0.1", port: 7946 },
};
const joiner: AgentContainer = {
  ...{ ...common, name: "serf-test-joiner-1", address: "10.9.0.3", group: "joiner" },
};
const host: AgentContainer = {
  ...{ ...common, name: "serf-test-host", address: "10.9.0.1", group: "host" },
  ...{ network: "host", rpcPort: 7380 },
};

type Path = readonly (string | number)[];

/** The paths of all plain values in a description, including values that are added later. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, key]));
}

function changed(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) {
    if (typeof value === "number") return value + 1;
    return typeof value === "boolean" ? !value : `${String(value)}x`;
  }
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest);
  return copy;
}

describe.each([
  ["seed", seed],
  ["joiner", joiner],
  ["host", host],
] as const)("the container of a %s", (role, container) => {
  const description = describeContainer(container);
  const marks = { role, group: container.group, generation: "1" };
  const inputsOf = (of: ContainerDescription) =>
    containerArgs(container.name, of, containerLabels(labels, of, marks));
  const paths = leavesOf(description).map((path) => [path.join("."), path] as const);

  test("is described by more than a few values", () => {
    expect(paths.length).toBeGreaterThan(25);
  });

  test.each(paths)("has another hash with another %s", (name, path) => {
    const other = changed(description, path) as ContainerDescription;
    expect(containerSpec(other)).not.toBe(containerSpec(description));
    const [before, after] = [inputsOf(description), inputsOf(other)];
    expect(after.labels).not.toEqual(before.labels);
    // These are not inputs of a container: one command sets the limit, and a file has the configuration.
    const isElsewhere = name === "processLimit" || name.startsWith("configuration.");
    expect(
      JSON.stringify({ ...after, labels: [] }) === JSON.stringify({ ...before, labels: [] }),
    ).toBe(isElsewhere);
  });

  test("carries the hash of its description", () => {
    expect(inputsOf(description).labels).toContainEqual({
      ...{ label: "serf.spec", value: specOf(container) },
    });
  });

  test("is the same when read back from the state", () => {
    const recorded = JSON.parse(JSON.stringify(inputsOf(description))) as Record<string, unknown>;
    expect(description).toMatchObject(describedIn(recorded));
  });
});

test("the hash covers what is asked for, not who is asked", () => {
  expect(specOf(seed)).toBe(specOf({ ...seed }));
  const others: AgentContainer[] = [
    { ...seed, image: "serf-test:2" },
    { ...seed, network: "other" },
    { ...seed, limits: { ...seed.limits, memory: 129 } },
    { ...seed, limits: { ...seed.limits, cpus: 0.6 } },
    { ...seed, profile: "lan" },
    { ...seed, volumes: { ...seed.volumes, data: "other" } },
    { ...seed, publish: { address: "127.0.0.1", port: 7980 } },
    { ...seed, address: "10.9.0.9" },
    { ...host, rpcPort: 7381 },
  ];
  const specs = new Set([seed, host, ...others].map(specOf));
  expect(specs.size).toBe(others.length + 2);
});

test("the engine's API and the provider get the same values", () => {
  const description = describeContainer(joiner);
  const inputs = containerArgs(joiner.name, description, labels);
  expect(engineContainer(description, labels)).toEqual({
    Image: inputs.image,
    Cmd: inputs.command,
    Env: inputs.envs,
    Labels: labels,
    StopTimeout: inputs.stopTimeout,
    HostConfig: {
      ReadonlyRootfs: inputs.readOnly,
      Tmpfs: inputs.tmpfs,
      CapDrop: ["ALL"],
      SecurityOpt: inputs.securityOpts,
      Memory: 128 * 2 ** 20,
      MemorySwap: 128 * 2 ** 20,
      CpuPeriod: inputs.cpuPeriod,
      CpuQuota: inputs.cpuQuota,
      PidsLimit: 128,
      LogConfig: { Type: inputs.logDriver, Config: inputs.logOpts },
    },
  });
});

test.each(["seed", "joiner", "host"])("%s restarts until it is stopped on purpose", (group) => {
  const container: AgentContainer = { ...common, name: group, group, address: "10.9.0.3" };
  expect(describeContainer(container).restartPolicy).toBe("always");
});
