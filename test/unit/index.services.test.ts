import { describe, expect, test } from "vitest";
import { labelsIn, ofType, revealSecret, told, types } from "./support/mocks.ts";
import { deploy, names } from "./support/program.ts";

const config = {
  ...{ gossipPort: "auto", rpcPort: "auto" },
  ...{ swarm: "services", registry: "registry.example:5000/serf", joiners: "2" },
  groups: '{"web": {"count": 200, "tags": {"rack": "a7"}}}',
};

interface ServiceInputs {
  readonly mode: { readonly replicated?: { readonly replicas: number }; readonly global?: boolean };
  readonly taskSpec: {
    readonly containerSpec: {
      readonly image: string;
      readonly env: Readonly<Record<string, string>>;
      readonly secrets: readonly { readonly fileName: string; readonly fileMode: number }[];
      readonly configs: readonly { readonly fileName: string }[];
      readonly readOnly: boolean;
      readonly capDrops: readonly string[];
    };
  };
}

async function services(more: Record<string, string> = {}, preview = false) {
  const { declared, outputs } = await deploy({ preview, config: { ...config, ...more } });
  const found = Object.values(ofType(declared, types.service)).map(
    ({ name, inputs }) => [name, inputs as unknown as ServiceInputs] as const,
  );
  return { declared, outputs, services: new Map(found) };
}

function specsIn(declared: Parameters<typeof ofType>[0]): Record<string, string | undefined> {
  const found = Object.entries(ofType(declared, types.service));
  return Object.fromEntries(found.map(([name, one]) => [name, labelsIn(one)["serf.spec"]]));
}

describe.each([{ preview: false }, { preview: true }])("services, $preview", ({ preview }) => {
  test("a service for the seed, for the hosts and for each group, however many members it has", async () => {
    const { declared, services: found } = await services({}, preview);
    expect(names(declared, types.service)).toEqual(["host", "joiner", "seed", "web"]);
    expect(found.get("web")?.mode).toEqual({ replicated: { replicas: 200 } });
    expect(found.get("host")?.mode).toEqual({ global: true });
    expect(names(declared, types.container)).toEqual([]);
    expect(names(declared, types.volume)).toEqual([]);
  });
});

test("tasks run the image by its digest in the registry", async () => {
  const { services: found } = await services();
  for (const { taskSpec } of found.values()) {
    expect(taskSpec.containerSpec.image).toBe("registry.example:5000/serf@sha256:4567");
  }
});

test("tasks have the files of an agent, the keys as secrets that the agent alone can read", async () => {
  const { declared, services: found } = await services({ gossipKey: "" });
  const { secrets, configs, readOnly, capDrops, env } = found.get("web")!.taskSpec.containerSpec;
  expect(secrets.map(({ fileName }) => fileName)).toEqual([
    "/etc/serf/config/keyring",
    "/etc/serf/config/rpc.json",
    "/etc/serf/config/rpc-token",
  ]);
  expect(secrets.every(({ fileMode }) => fileMode === 0o400)).toBe(true);
  expect(configs.map(({ fileName }) => fileName)).toEqual(["/etc/serf/config/web.json"]);
  expect([readOnly, capDrops]).toEqual([true, ["ALL"]]);
  expect(Object.keys(env)).toEqual(["SERF_TASK"]);
  for (const { inputs } of Object.values(ofType(declared, types.secret))) {
    expect(typeof revealSecret(inputs["data"])).toBe("string");
  }
});

test("the joiners' tasks wait for those of the seed and of the hosts", async () => {
  const { declared } = await services();
  expect(told(declared, "running")["services"]).toMatchObject([
    { group: "seed", replicas: 1 },
    { group: "host" },
  ]);
});

test("the gate expects what was declared, with each service's tags", async () => {
  const { declared } = await services();
  expect(told(declared, "formation")["services"]).toContainEqual({
    ...{ name: "serf-test-web", group: "web", replicas: 200 },
    tags: { role: "web", rack: "a7" },
    spec: specsIn(declared)["web"],
  });
});

test("a service has a hash of its tasks, which Swarm sets back with it; scaling does not change it", async () => {
  const specs = async (more: object) => specsIn((await services({ ...more })).declared);
  const before = await specs({});
  const scaled = await specs({ joiners: "9" });
  expect(scaled).toEqual(before);
  const limited = await specs({ limits: '{"memory": 96}' });
  for (const group of ["seed", "host", "joiner", "web"]) {
    expect(before[group]).toMatch(/^[0-9a-f]{12}$/);
    expect(limited[group]).not.toBe(before[group]);
  }
});

test("the outputs have the same form as on one engine", async () => {
  const { outputs } = await services();
  expect(outputs["seed"]).toEqual({
    ...{ name: "serf-test-seed.1.t4", ip: "10.5.0.7", endpoint: "10.5.0.7:7946" },
  });
  expect(outputs["joiners"]).toEqual([
    { name: "serf-test-joiner.2.t2", ip: "10.5.0.5" },
    { name: "serf-test-joiner.10.t3", ip: "10.5.0.6" },
  ]);
  expect(outputs["host"]).toEqual({ name: "serf-test-host.n1.t1", address: "10.5.0.4" });
});

test("events are sent through an agent on the manager", async () => {
  const { declared } = await services({ events: '[{"name": "up"}]' });
  expect(told(declared, "events")["sender"]).toEqual({
    kind: "container",
    name: "serf-test-host.n1.t1",
  });
});

test("who has the stack is on a configuration that every manager has", async () => {
  const { declared } = await services({ owner: "anna", ttl: "8h" });
  const lease = ofType(declared, types.serviceConfig)["lease"]!;
  expect(labelsIn(lease)).toEqual({
    ...{ "serf.project": "serf", "serf.stack": "test" },
    ...{ "serf.owner": "anna", "serf.ttl": "8h" },
  });
});
