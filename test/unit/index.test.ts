import { afterEach, describe, expect, test, vi } from "vitest";
import { Standing } from "../../components/standing.ts";
import { type Declared, declare, type Mode, ofType, revealSecret, types } from "./mocks.ts";

// It looks at the real host and engine; see test/e2e.
vi.mock("../../components/preflight.ts", () => ({
  preflight: () =>
    Promise.resolve(
      new Standing(
        {
          containers: [],
          foreign: { containers: [], volumes: [], images: [] },
          networks: [],
          images: [],
          volumes: [],
        },
        "first",
      ),
    ),
}));

vi.mock("../../programs/enginePlace.ts", () => ({
  engineElsewhere: () => Promise.resolve(elsewhere),
}));

let elsewhere: string | undefined;

afterEach(() => {
  elsewhere = undefined;
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

/** What is told to the program of a command. */
function told(declared: readonly Declared[], name: string): Record<string, unknown> {
  const { stdin } = ofType(declared, types.command)[name]!.inputs as { stdin: string };
  return JSON.parse(stdin) as Record<string, unknown>;
}

describe("with maxUnavailable", () => {
  const config = { joiners: "2", maxUnavailable: "2", convergenceTimeout: "9" };
  const place = { labels: { "serf.project": "serf", "serf.stack": "test" }, timeout: 9 };
  const rolling = {
    ...place,
    maxUnavailable: 2,
    seed: { name: "serf-test-seed", address: "172.30.0.2" },
    host: {
      name: "serf-test-host",
      address: "172.30.0.1",
      dir: ".serf/host/test",
      view: {
        kind: "host",
        name: "serf-test-host",
        dir: ".serf/host/test",
        rpcPort: 7373,
      },
      port: 7946,
    },
  };

  test("each image is tried first, and the seed and the host's agent wait for their turns", async () => {
    const groups = '{"web":{"count":1,"serfVersion":"0.10.4"}}';
    const { declared } = await deploy({ config: { ...config, groups } });
    const { declared: plain } = await deploy({ config: { joiners: "2", groups } });
    const added = new Set(names(declared, types.command)).difference(
      new Set(names(plain, types.command)),
    );
    expect([...added]).toEqual(["host-turn", "image-trial", "image-web-trial", "seed-turn"]);
    const images = ofType(declared, types.image);
    for (const name of ["image", "image-web"]) {
      const image = images[name]!.inputs["name"];
      const limits = { memory: 128, cpus: 1 };
      expect(told(declared, `${name}-trial`)).toEqual({ ...place, image, limits });
    }
    expect(told(declared, "joiners")["rolling"]).toEqual(rolling);
    // They are not there yet, so the joiners come last.
    const cause: unknown = expect.arrayContaining(["first"]);
    expect(told(declared, "seed-turn")).toEqual({ ...rolling, member: "serf-test-seed", cause });
    expect(told(declared, "host-turn")).toMatchObject({ ...rolling, member: "serf-test-host" });
    const steps = ["image-trial", "storage", "seed-turn", "seed", "host-turn", "host", "joiners"];
    const own = declared.filter(({ type }) => [types.command, types.container].includes(type));
    const order = own.map(({ name }) => name).filter((name) => steps.includes(name));
    expect(order).toEqual(steps);
  });

  test("without it, none of that is there", async () => {
    const { declared } = await deploy({ config: { joiners: "2" } });
    expect(told(declared, "joiners")).not.toHaveProperty("rolling");
  });

  test("the host's agent in a container waits for its turn, too", async () => {
    const { declared } = await deploy({ config: { ...config, hostAgentIn: "container" } });
    expect(told(declared, "host-turn")).toMatchObject({
      member: "serf-test-host",
      host: { view: { kind: "container", name: "serf-test-host" } },
    });
  });

  test("a host that does not join is not waited for", async () => {
    const { declared } = await deploy({ config: { ...config, hostAgent: "false" } });
    expect(names(declared, types.command)).not.toContain("host-turn");
    expect(told(declared, "seed-turn")).not.toHaveProperty("host");
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

test("of an engine that is behind a socket, but elsewhere, the host's agent is a container", async () => {
  elsewhere = "runs on another host";
  const { declared } = await deploy();
  expect(names(declared, types.container)).toEqual(["host", "seed"]);
});

test("the host's agent has the port that is set, and all who join it know it", async () => {
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

describe("the provider is told the engine", () => {
  const provider = async () => {
    const { declared } = await deploy();
    return ofType(declared, "pulumi:providers:docker")["engine"]?.inputs;
  };

  test("unless it finds the same as the docker client", async () => {
    for (const name of ["DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("DOCKER_CONFIG", "/nonexistent");
    expect(await provider()).toBeUndefined();
    vi.stubEnv("DOCKER_HOST", "tcp://there:2375");
    expect(await provider()).toBeUndefined();
    vi.stubEnv("DOCKER_HOST", "tcp://there");
    expect(await provider()).toEqual({ host: "tcp://there:2375", certPath: "", context: "" });
  });

  test.each([
    // The provider would use TLS, whatever the host.
    [{ DOCKER_HOST: "tcp://there:2375", DOCKER_CERT_PATH: "/certs" }, "tcp://there:2375", ""],
    [{ DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" }, "tcp://localhost:2376", "/certs"],
    // To the provider a context stands above the host.
    [{ DOCKER_HOST: "ssh://there", DOCKER_CONTEXT: "lab" }, "ssh://there", ""],
    [{ DOCKER_CONTEXT: "default" }, "unix:///var/run/docker.sock", ""],
  ])("%j", async (env, host, certPath) => {
    vi.stubEnv("DOCKER_HOST", undefined);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(await provider()).toEqual({ host, certPath, context: "" });
  });
});
