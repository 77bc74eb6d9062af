import { afterEach, describe, expect, test, vi } from "vitest";
import { Standing } from "../../components/standing.ts";
import { type Declared, declare, type Mode, ofType, types } from "./mocks.ts";

// It looks at the real host and engine; see test/e2e.
vi.mock("../../components/preflight.ts", () => ({
  preflight: () =>
    Promise.resolve(
      new Standing(
        { containers: [], foreignNames: [], networks: [], images: [], volumes: [] },
        "first",
      ),
    ),
}));

afterEach(() => {
  vi.unstubAllEnvs();
});

async function deploy(mode: Mode = {}) {
  // The stack's own import of its components comes after the mocks are set.
  const { declared, returned } = await declare(
    async () => await (await import("../../index.ts")).default(),
    mode,
  );
  return { declared, outputs: returned as Record<string, unknown> };
}

function names(declared: readonly Declared[], type: string): string[] {
  return Object.keys(ofType(declared, type)).sort();
}

/** The joiners as the program that makes them is told. */
function joinersIn(declared: readonly Declared[]): object[] {
  const { stdin } = ofType(declared, types.command)["joiners"]!.inputs as { stdin: string };
  return (JSON.parse(stdin) as { joiners: object[] }).joiners;
}

describe.each([{ preview: false }, { preview: true }])("the program, $preview", ({ preview }) => {
  test("declares one image, one network, a seed, three joiners, host's agent and gate", async () => {
    const { declared } = await deploy({ preview });
    expect(names(declared, types.image)).toEqual(["image"]);
    expect(names(declared, types.network)).toEqual(["network"]);
    expect(names(declared, types.container)).toEqual(["seed"]);
    expect(joinersIn(declared)).toHaveLength(3);
    expect(names(declared, types.command)).toEqual([
      "convergence",
      "host",
      "image-removal",
      "joiners",
      "joiners-removal",
      "secrets-gossip-key",
      "secrets-rpc-token",
      "seed-processes",
      "storage",
    ]);
    expect(names(declared, types.volume)).toEqual(["storage-config", "storage-data"]);
  });

  test("declares as many joiners as configured, the same ones whatever their number", async () => {
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

  test("leaves the host out when it is not to join", async () => {
    const { declared, outputs } = await deploy({ preview, config: { hostAgent: "false" } });
    expect(names(declared, types.command)).not.toContain("host");
    expect(outputs["host"]).toBeNull();
  });

  test("refuses a wrong configuration before it declares anything", async () => {
    const declared: Declared[] = [];
    const program = async () => await (await import("../../index.ts")).default();
    await expect(
      declare(program, { preview, config: { joiners: "-1", convergenceTimeout: "0" } }, declared),
    ).rejects.toThrow(/2 faults:\n  - joiners is "-1".*\n  - convergenceTimeout is "0"/);
    expect(declared).toEqual([]);
  });
});

test("the outputs are those of the contract", async () => {
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

test("the gate expects every member, from the seed's, the last joiner's and the host's side", async () => {
  const { declared } = await deploy({ config: { joiners: "2" } });
  const gate = ofType(declared, types.command)["convergence"]!;
  const environment = gate.inputs["environment"] as Record<string, string>;
  const input = JSON.parse(environment["SERF_CONVERGENCE"]!) as {
    expected: { name: string }[];
    views: { name: string }[];
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
  expect(JSON.parse(environment["SERF_INCARNATIONS"]!)).toEqual([
    "seed-id",
    "ids",
    "first",
    "first",
  ]);
});

test("everything on the engine carries the stack's labels and its generation", async () => {
  const { declared } = await deploy({ stack: "blue" });
  const labels = [
    { label: "serf.project", value: "serf" },
    { label: "serf.stack", value: "blue" },
    { label: "serf.generation", value: "first" },
  ];
  for (const type of [types.container, types.network, types.volume]) {
    for (const one of Object.values(ofType(declared, type))) {
      expect(one.inputs["labels"], one.name).toEqual(expect.arrayContaining(labels));
    }
  }
  const build = ofType(declared, types.image)["image"]!.inputs["build"] as { label: unknown };
  expect(build.label).toEqual({
    "serf.project": "serf",
    "serf.stack": "blue",
    "serf.generation": "first",
  });
  const { stdin } = ofType(declared, types.command)["joiners"]!.inputs as { stdin: string };
  expect(JSON.parse(stdin)).toMatchObject({
    labels: { "serf.project": "serf", "serf.stack": "blue" },
  });
});

test("on an engine that is chosen, the docker client builds the image before the provider looks for it", async () => {
  vi.stubEnv("DOCKER_HOST", "tcp://engine.example:2376");
  const { declared } = await deploy();
  const { stdin } = ofType(declared, types.command)["image-build"]!.inputs as { stdin: string };
  const image = ofType(declared, types.image)["image"]!.inputs;
  expect(JSON.parse(stdin)).toMatchObject({
    image: image["name"],
    context: "docker",
    buildArgs: { SERF_VERSION: "0.11.0" },
    labels: { "serf.project": "serf", "serf.stack": "test", "serf.generation": "first" },
  });
  expect(image).not.toHaveProperty("build");
  expect(image["triggers"]).toEqual({ built: "first" });
});
