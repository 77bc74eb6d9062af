import { emptyInventory } from "./support/inventory.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Look } from "../../lib/drift/engineState.ts";
import { watch } from "../../lib/membership/watch.ts";
import {
  configurationsIn,
  type Declared,
  declare,
  labelsIn,
  type Mode,
  ofType,
  revealSecret,
  stateOf,
  told,
  types,
} from "./support/mocks.ts";

/** A simulated observation of the host and the engine; test/live uses a real one. */
const engine = vi.hoisted((): { isReached: boolean; look?: Look } => ({ isReached: true }));

vi.mock("../../components/stack/preflight.ts", () => ({
  reachesEngine: () => Promise.resolve(engine.isReached),
  preflight: () =>
    engine.isReached
      ? Promise.resolve(engine.look)
      : Promise.reject(new Error("looked at an engine that cannot be reached")),
}));
vi.mock("../../lib/membership/watch.ts", () => ({ watch: vi.fn() }));
vi.mock("../../lib/membership/publishedPort.ts", () => ({
  publishedEndpoint: () => Promise.resolve("127.0.0.1:40000"),
}));

const nothing: Look = {
  inventory: emptyInventory,
};

beforeEach(() => {
  Object.assign(engine, { isReached: true, look: nothing });
});

vi.mock("../../lib/engine/findPlace.ts", () => ({
  engineElsewhere: () => Promise.resolve(elsewhere),
}));

let elsewhere: string | undefined;

afterEach(() => {
  elsewhere = undefined;
  vi.unstubAllEnvs();
  vi.mocked(watch).mockReset();
});

async function deploy(mode: Mode = {}) {
  // Import the stack's components only after the mocks are set.
  const { declared, returned } = await declare(
    async () => await (await import("../../index.ts")).default(),
    mode,
  );
  return { declared, outputs: returned as Record<string, unknown> };
}

function names(declared: readonly Declared[], type: string): string[] {
  return Object.keys(ofType(declared, type)).sort();
}

/** The joiners' containers. */
function joinersIn(declared: readonly Declared[]): Declared[] {
  const containers = Object.values(ofType(declared, types.container));
  return containers.filter((one) => labelsIn(one)["serf.role"] === "joiner");
}

function generationsIn(declared: readonly Declared[]): Record<string, string> {
  const labelled = [types.container, types.network, types.volume].flatMap((type) =>
    Object.values(ofType(declared, type)),
  );
  return Object.fromEntries(labelled.map((one) => [one.name, labelsIn(one)["serf.generation"]!]));
}

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
    expect(names(declared, types.volume)).toEqual(["storage-config", "storage-data"]);
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
    const program = async () => await (await import("../../index.ts")).default();
    await expect(
      declare(program, { preview, config: { joiners: "-1", convergenceTimeout: "0" } }, declared),
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

/** A member's container in the state and on the engine. */
function member(role: string, name: string, address: string, changes: object = {}) {
  const labels = { "serf.role": role, "serf.spec": "former", "serf.generation": "4" };
  const list = Object.entries(labels).map(([label, value]) => ({ label, value }));
  return {
    recorded: [
      types.container,
      name,
      { name: `serf-test-${name}`, labels: list, networksAdvanced: [{ ipv4Address: address }] },
    ] as const,
    found: {
      ...{ id: `${name}-id`, name: `serf-test-${name}`, isRunning: true, published: [] },
      labels,
      ...changes,
    },
  };
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

  test("each image is tried before anything is created from it, and new members do not wait", async () => {
    const groups = '{"web":{"count":1,"serfVersion":"0.10.4"}}';
    const { declared } = await deploy({ config: { ...config, groups } });
    const { declared: plain } = await deploy({ config: { joiners: "2", groups } });
    const added = new Set(names(declared, types.command)).difference(
      new Set(names(plain, types.command)),
    );
    expect([...added]).toEqual(["image-trial", "image-web-trial"]);
    const images = ofType(declared, types.image);
    for (const name of ["image", "image-web"]) {
      const image = images[name]!.inputs["name"];
      const limits = { memory: 128, cpus: 1 };
      expect(told(declared, `${name}-trial`)).toEqual({ ...place, image, limits });
    }
    const steps = ["image-trial", "storage", "seed"];
    const order = declared
      .filter(({ type }) => [types.command, types.container].includes(type))
      .map(({ name }) => name);
    expect(order.filter((name) => steps.includes(name))).toEqual(steps);
    expect(watch).not.toHaveBeenCalled();
  });

  const members = [
    member("seed", "seed", "172.30.0.2"),
    member("joiner", "joiner-1", "172.30.0.3"),
    member("joiner", "joiner-2", "172.30.0.4"),
  ];
  const look = {
    inventory: { ...nothing.inventory, containers: members.map(({ found }) => found) },
  };
  const endpoint = { endpoint: "127.0.0.1:7946" };
  const running = {
    look,
    state: stateOf([
      ...members.map(({ recorded }) => recorded),
      ["serf:cluster:Seed", "seed", endpoint],
    ]),
  };

  /** All members always see all others alive. */
  function letAllBeAlive(): void {
    const names = ["seed", "joiner-1", "joiner-2", "host"].map((name) => `serf-test-${name}`);
    const seen = new Map(names.map((name) => [name, { status: "alive" as const }]));
    vi.mocked(watch).mockImplementation(async (_, __, decide) => {
      const present = names.map((name) => ({ name, address: "", isRunning: true }));
      return await decide({ present, looks: [{ viewer: "serf-test-seed", seen }] });
    });
  }

  test("running members wait for their turn, the joiners before the seed, a few at a time", async () => {
    engine.look = running.look;
    letAllBeAlive();
    const { state } = running;
    const { declared } = await deploy({ config, state });
    const containers = declared.filter(({ type }) => type === types.container);
    expect(containers.map(({ name }) => name)).toEqual(["joiner-1", "joiner-2", "seed"]);
    expect(containers.map(({ inputs }) => inputs["name"])).toEqual([
      "serf-test-joiner-1",
      "serf-test-joiner-2",
      "serf-test-seed",
    ]);
    const steps = vi.mocked(watch).mock.calls.filter(([, also]) => also.length > 0);
    expect(steps.map(([, also]) => also)).toEqual([
      // New, since its process does not run, so it comes before all that are replaced.
      ["serf-test-host"],
      ["serf-test-joiner-1", "serf-test-joiner-2"],
      ["serf-test-seed"],
    ]);
    for (const [told] of vi.mocked(watch).mock.calls) expect(told).toEqual(rolling);
  });

  test("if too many members stay down, the program fails and the waiting ones are not touched", async () => {
    engine.look = running.look;
    letAllBeAlive();
    const alive = vi.mocked(watch).getMockImplementation()!;
    vi.mocked(watch).mockImplementation(async (rolling, also, decide) =>
      also.length > 0
        ? await alive(rolling, also, decide)
        : await decide({
            present: ["seed", "joiner-1", "joiner-2"].map((name) => ({
              ...{ name: `serf-test-${name}`, address: "", isRunning: true },
            })),
            looks: ["seed", "joiner-1"].map((name) => ({
              ...{ viewer: `serf-test-${name}`, seen: undefined },
            })),
          }),
    );
    const declared: Declared[] = [];
    const program = async () => await (await import("../../index.ts")).default();
    await expect(declare(program, { config, state: running.state }, declared)).rejects.toThrow(
      /joiner-1.*were not replaced: .*maxUnavailable is 2/,
    );
    expect(names(declared, types.container)).toEqual([]);
  });

  test("in a preview no member waits", async () => {
    engine.look = running.look;
    vi.mocked(watch).mockRejectedValue(new Error("a preview must not look at the cluster"));
    const { declared } = await deploy({ preview: true, config, state: running.state });
    expect(names(declared, types.container)).toEqual(["joiner-1", "joiner-2", "seed"]);
    for (const { name, inputs } of Object.values(ofType(declared, types.container))) {
      expect(inputs["name"]).toBe(`serf-test-${name}`);
    }
    expect(ofType(declared, types.command)["host"]!.inputs["create"]).toMatch(
      /hostAgent.ts start$/,
    );
    expect(watch).not.toHaveBeenCalled();
  });

  test("a host that does not join is not waited for", async () => {
    engine.look = running.look;
    letAllBeAlive();
    await deploy({ config: { ...config, hostAgent: "false" }, state: running.state });
    for (const [told, also] of vi.mocked(watch).mock.calls) {
      expect(told).not.toHaveProperty("host");
      expect(also).not.toContain("serf-test-host");
    }
  });

  test("the host's agent in a container is asked in that container", async () => {
    engine.look = running.look;
    letAllBeAlive();
    await deploy({ config: { ...config, hostAgentIn: "container" }, state: running.state });
    expect(vi.mocked(watch).mock.calls[0]![0].host).toMatchObject({
      view: { kind: "container", name: "serf-test-host" },
    });
  });

  test("without maxUnavailable no member waits", async () => {
    engine.look = running.look;
    const { state } = running;
    const { declared } = await deploy({ config: { joiners: "2" }, state });
    expect(names(declared, types.container)).toEqual(["joiner-1", "joiner-2", "seed"]);
    expect(watch).not.toHaveBeenCalled();
  });
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

describe("a stack that is up", () => {
  const joiners = [
    // Joiners keep the addresses that they have.
    member("joiner", "joiner-1", "172.30.0.9"),
    member("joiner", "joiner-2", "172.30.0.4"),
  ];
  const list = (generation: string) => [{ label: "serf.generation", value: generation }];
  const state = stateOf([
    member("seed", "seed", "172.30.0.2").recorded,
    ...joiners.map(({ recorded }) => recorded),
    [types.network, "network", { name: "serf-test", labels: list("2") }],
    [types.volume, "storage-config", { name: "serf-test-config", labels: list("3") }],
    [types.volume, "storage-data", { name: "serf-test-data", labels: list("5") }],
    ["serf:cluster:Storage", "storage", { generation: "6" }],
    ["serf:cluster:HostAgent", "host", { generation: "7" }],
    ["serf:cluster:Seed", "seed", { endpoint: "127.0.0.1:32768" }],
    [
      "serf:cluster:SerfImage",
      "image",
      { builder: "client", standInBuilder: "own/go:1", standInRuntime: "own/base:1" },
    ],
  ]);
  const config = { joiners: "2", gossipPort: "0" };
  const asRecorded = {
    ...{ network: "2", "storage-config": "3", "storage-data": "5" },
    ...{ seed: "4", "joiner-1": "4", "joiner-2": "4" },
  };

  describe("in a preview without an engine", () => {
    beforeEach(() => {
      engine.isReached = false;
      vi.stubEnv("SERF_BUILDER_IMAGE", "another/go:1");
    });
    const preview = () => deploy({ preview: true, config, state });

    test("is declared with exactly the recorded generations and addresses", async () => {
      const { declared, outputs } = await preview();
      expect(generationsIn(declared)).toEqual(asRecorded);
      expect(outputs["joiners"]).toEqual([
        { name: "serf-test-joiner-1", ip: "172.30.0.9" },
        { name: "serf-test-joiner-2", ip: "172.30.0.4" },
      ]);
      expect(outputs["seed"]).toMatchObject({ endpoint: "127.0.0.1:32768" });
    });

    test("has the recorded builder and base images, not those of this machine", async () => {
      const { declared } = await preview();
      expect(told(declared, "image-build")).toMatchObject({
        buildArgs: { BUILDER_IMAGE: "own/go:1", RUNTIME_IMAGE: "own/base:1" },
      });
    });

    test("has a provider that does not contact the engine, and shows no change of the provider", async () => {
      const { declared } = await preview();
      const providers = ofType(declared, types.provider);
      expect(Object.keys(providers)).toEqual(["default-engine"]);
      expect(providers["default-engine"]!.inputs).toMatchObject({ host: "ssh://offline.invalid" });
    });

    test("shows what the configuration changes", async () => {
      const other = { ...config, joiners: "3" };
      const { declared } = await deploy({ preview: true, config: other, state });
      expect(generationsIn(declared)).toEqual({ ...asRecorded, "joiner-3": "1" });
    });
  });

  test("is created again completely when the engine has nothing of it", async () => {
    const { declared } = await deploy({ config, state });
    expect(generationsIn(declared)).toEqual({
      ...{ network: "3", "storage-config": "4", "storage-data": "6" },
      ...{ seed: "5", "joiner-1": "5", "joiner-2": "5" },
    });
    expect(configurationsIn(declared, "joiners").generation).toBe("7");
    const { host } = ofType(declared, types.provider)["default-engine"]!.inputs;
    expect(host).toBeUndefined();
  });

  test("is built by the docker client as before, whatever the environment names now", async () => {
    const { declared } = await deploy({ config, state });
    expect(names(declared, types.command)).toContain("image-build");
  });

  test("has the same declaration whenever the same is found", async () => {
    const [one, other] = [await deploy({ config, state }), await deploy({ config, state })];
    expect(other.declared).toEqual(one.declared);
  });
});

test("the host's agent is a container when the engine's socket leads to another host", async () => {
  elsewhere = "runs on another host";
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
