import { describe, expect, test, vi } from "vitest";
import {
  configurationsIn,
  type Declared,
  labelsIn,
  ofType,
  revealSecret,
  told,
  types,
} from "./support/mocks.ts";

import { deploy, engine, joinersIn, names } from "./support/program.ts";

describe.each([{ preview: false }, { preview: true }])("the program, $preview", ({ preview }) => {
  test("declares one image, one network, a seed, three joiners, the host's agent and the gate", async () => {
    const { declared } = await deploy({ preview });
    expect(names(declared, types.image)).toEqual(["image"]);
    expect(names(declared, types.network)).toEqual(["network"]);
    expect(names(declared, types.container)).toEqual(["joiner-1", "joiner-2", "joiner-3", "seed"]);
    expect(names(declared, types.command)).toEqual([
      "convergence",
      "host",
      "image-removal",
      "joiners",
      "process-limits",
      "secrets-gossip-key",
      "secrets-rpc-token",
      "storage",
    ]);
    expect(names(declared, types.volume)).toEqual(["lease", "storage-config", "storage-data"]);
  });

  test("declares the seed before the joiners, so that its container is created first", async () => {
    const { declared } = await deploy({ preview });
    const containers = declared.filter(({ type }) => type === types.container);
    expect(containers[0]!.name).toBe("seed");
  });

  test("declares as many joiners as configured; their names do not depend on the number", async () => {
    const five = await deploy({ preview, config: { joiners: "5" } });
    const two = await deploy({ preview, config: { joiners: "2" } });
    expect(joinersIn(five.declared)).toHaveLength(5);
    expect(joinersIn(two.declared)).toEqual(joinersIn(five.declared).slice(0, 2));
  });

  test("works without joiners", async () => {
    const { declared, outputs } = await deploy({ preview, config: { joiners: "0" } });
    expect(joinersIn(declared)).toEqual([]);
    expect(outputs["joiners"]).toEqual([]);
  });

  test("leaves the host's agent out when the host does not join", async () => {
    const { declared, outputs } = await deploy({ preview, config: { hostAgent: "false" } });
    expect(names(declared, types.command)).not.toContain("host");
    expect(outputs["host"]).toBeNull();
  });

  test("refuses an invalid configuration before it declares anything", async () => {
    const declared: Declared[] = [];
    await expect(
      deploy({ preview, config: { joiners: "-1", convergenceTimeout: "0" } }, declared),
    ).rejects.toThrow(/2 faults:\n  - joiners is "-1".*\n  - convergenceTimeout is "0"/);
    expect(declared).toEqual([]);
  });
});

test.each([
  ["ip", "172.30.0.2"],
  ["dns", "serf-test-seed"],
  ["gateway", "172.30.0.1:7946"],
])("the joiners join by %s", async (join, address) => {
  const config = { join, joiners: "2", groups: '{"web":{"count":1}}' };
  const { declared } = await deploy({ config });
  const { fleets } = configurationsIn(declared, "joiners");
  expect(fleets.map(({ group, join }) => [group, ...join])).toEqual([
    ["joiner", address],
    ["web", address],
  ]);
  // It is not part of a container, or a changed address would replace all of them.
  for (const { inputs } of joinersIn(declared)) {
    expect(JSON.stringify(inputs)).not.toContain(address);
  }
});

test("a changed number of joiners does not rewrite any file", async () => {
  const filesOf = async (joiners: string) => {
    const { declared } = await deploy({ config: { joiners } });
    return [configurationsIn(declared, "joiners"), configurationsIn(declared, "storage")];
  };
  expect(await filesOf("5")).toEqual(await filesOf("2"));
});

test("with join gateway the host's agent knows that it is the first, and joins itself", async () => {
  const { declared } = await deploy({ config: { join: "gateway" } });
  const stdin = Object.values(ofType(declared, types.command)["host"]!.inputs["stdin"] as object);
  expect(stdin.join()).toContain('"isFirst":true');
  expect(stdin.join()).toContain('"join":"172.30.0.1:7946"');
});

test("the outputs are the documented ones", async () => {
  const { outputs } = await deploy({ config: { joiners: "2", gossipPort: "7979" } });
  expect(outputs).toEqual({
    image: "sha256:0123",
    seed: { name: "serf-test-seed", ip: "172.30.0.2", endpoint: "127.0.0.1:7979" },
    joiners: [
      { name: "serf-test-joiner-1", ip: "172.30.0.3" },
      { name: "serf-test-joiner-2", ip: "172.30.0.4" },
    ],
    host: { name: "serf-test-host", address: "172.30.0.1" },
    members: [{ name: "a" }],
  });
});

test("a preview knows what does not depend on the engine", async () => {
  const { outputs } = await deploy({ preview: true });
  expect(outputs["seed"]).toEqual({
    name: "serf-test-seed",
    ip: "172.30.0.2",
    endpoint: "127.0.0.1:7946",
  });
  expect(outputs["members"]).toBeUndefined();
  expect(outputs["image"]).toBeUndefined();
});

test("the gate expects every member in the views of the seed, the last joiner and the host", async () => {
  const { declared } = await deploy({ config: { joiners: "2" } });
  const input = told(declared, "convergence") as unknown as {
    expected: { name: string }[];
    views: { name: string }[];
    incarnations: string[];
  };
  expect(input.expected.map(({ name }) => name)).toEqual([
    "serf-test-seed",
    "serf-test-joiner-1",
    "serf-test-joiner-2",
    "serf-test-host",
  ]);
  expect(input.views.map(({ name }) => name)).toEqual([
    "serf-test-seed",
    "serf-test-joiner-2",
    "serf-test-host",
  ]);
  // Besides the containers: the generations of the host's process and of what all members share.
  expect(input.incarnations).toEqual(["seed-id", "joiner-1-id", "joiner-2-id", "1", "1"]);
});

test("the gate also makes all agents leave when the stack is destroyed", async () => {
  const { declared } = await deploy();
  const { inputs } = ofType(declared, types.command)["convergence"]!;
  expect(inputs["create"]).toMatch(/converge.ts form$/);
  expect(inputs["delete"]).toMatch(/converge.ts dissolve$/);
});

test("one command limits the processes of all containers, including the host agent's", async () => {
  const { declared } = await deploy({ config: { joiners: "2", hostAgentIn: "container" } });
  expect(told(declared, "process-limits")).toEqual({
    containers: ["seed-id", "joiner-1-id", "joiner-2-id", "host-id"],
    limit: 128,
    generation: "1",
  });
});

test("everything on the engine carries the stack's labels and its generation", async () => {
  const { declared } = await deploy({ stack: "blue" });
  const labels = { "serf.project": "serf", "serf.stack": "blue", "serf.generation": "1" };
  for (const type of [types.container, types.network, types.volume]) {
    for (const one of Object.values(ofType(declared, type))) {
      expect(labelsIn(one), one.name).toMatchObject(labels);
    }
  }
  const build = ofType(declared, types.image)["image"]!.inputs["build"] as { label: unknown };
  expect(build.label).toEqual(labels);
});

test("on a chosen engine, the docker client builds the image before the provider looks it up", async () => {
  vi.stubEnv("DOCKER_HOST", "tcp://engine.example:2376");
  const { declared } = await deploy();
  const image = ofType(declared, types.image)["image"]!.inputs;
  expect(told(declared, "image-build")).toMatchObject({
    image: image["name"],
    context: "docker",
    buildArgs: { SERF_VERSION: "0.11.0" },
    labels: { "serf.project": "serf", "serf.stack": "test", "serf.generation": "1" },
  });
  expect(image).not.toHaveProperty("build");
  expect(image["triggers"]).toEqual({ built: "1" });
});

test("the host's agent is a container when the engine's socket leads to another host", async () => {
  engine.elsewhere = "runs on another host";
  const { declared } = await deploy({ config: { joiners: "0" } });
  expect(names(declared, types.container)).toEqual(["host", "seed"]);
});

test("the host's agent has the configured port, and members join it there", async () => {
  const config = { hostAgentPort: "7950", join: "gateway", joiners: "1" };
  const { declared } = await deploy({ config });
  const host = revealSecret(ofType(declared, types.command)["host"]!.inputs["stdin"]);
  expect(JSON.parse(host as string)).toMatchObject({ port: 7950, join: "172.30.0.1:7950" });
  expect(startOf(await deploy({ config: { ...config, hostAgentIn: "container" } }))).toContain(
    "-bind=172.30.0.1:7950",
  );
});

function startOf({ declared }: { readonly declared: readonly Declared[] }): unknown {
  return ofType(declared, types.container)["host"]!.inputs["command"];
}

describe("the provider gets the engine's address", () => {
  const provider = async () => {
    const { declared } = await deploy();
    return ofType(declared, types.provider)["default-engine"]!.inputs;
  };

  test("unless it would choose the same engine as the docker client", async () => {
    for (const name of ["DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("DOCKER_CONFIG", "/nonexistent");
    expect(await provider()).not.toHaveProperty("context");
    vi.stubEnv("DOCKER_HOST", "tcp://there:2375");
    expect(await provider()).not.toHaveProperty("context");
    vi.stubEnv("DOCKER_HOST", "tcp://there");
    expect(await provider()).toEqual({ host: "tcp://there:2375", certPath: "", context: "" });
  });

  test.each([
    // The provider would use TLS for any host.
    [{ DOCKER_HOST: "tcp://there:2375", DOCKER_CERT_PATH: "/certs" }, "tcp://there:2375", ""],
    [{ DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" }, "tcp://localhost:2376", "/certs"],
    // For the provider a context takes precedence over the host.
    [{ DOCKER_HOST: "ssh://there", DOCKER_CONTEXT: "lab" }, "ssh://there", ""],
    [{ DOCKER_CONTEXT: "default" }, "unix:///var/run/docker.sock", ""],
  ])("%j", async (env, host, certPath) => {
    vi.stubEnv("DOCKER_HOST", undefined);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(await provider()).toEqual({ host, certPath, context: "" });
  });
});
