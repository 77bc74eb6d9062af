import { describe, expect, test } from "vitest";
import { labelsIn, ofType, told, types } from "./support/mocks.ts";
import { deploy, names } from "./support/program.ts";

const engines = ["a", "b"].map((name) => ({ name, host: `tcp://${name}.example:2375` }));
const config = {
  ...{ gossipPort: "auto", rpcPort: "auto", joiners: "3" },
  ...{ engines: JSON.stringify(engines), registry: "registry.example:5000/serf" },
};

const onEngines = (more: Record<string, string> = {}, preview = false) =>
  deploy({ preview, config: { ...config, ...more } });

describe.each([{ preview: false }, { preview: true }])("engines, $preview", ({ preview }) => {
  test("each member is a container on an engine, with its volumes there", async () => {
    const { declared } = await onEngines({}, preview);
    const containers = Object.values(ofType(declared, types.container));
    const places = containers.map((container) => {
      const { name, provider, inputs } = container;
      const volumes = inputs["volumes"] as readonly { readonly volumeName: string }[];
      const engine = labelsIn(container)["serf.engine"]!;
      expect(provider).toBe(`engine-${engine}`);
      expect(volumes.map(({ volumeName }) => volumeName)).toEqual([
        `serf-test-config-${engine}`,
        `serf-test-data-${engine}`,
      ]);
      return `${name} on ${engine}`;
    });
    expect(places.sort()).toEqual([
      ...["host-a on a", "host-b on b"],
      ...["joiner-1 on a", "joiner-2 on b", "joiner-3 on a", "seed on a"],
    ]);
    expect(names(declared, types.volume)).toEqual([
      ...["lease", "storage-a-config", "storage-a-data", "storage-b-config", "storage-b-data"],
    ]);
  });

  test("the network spans the engines, and no port is published", async () => {
    const { declared } = await onEngines({}, preview);
    expect(ofType(declared, types.network)["network"]!.inputs).toMatchObject({
      ...{ driver: "overlay", attachable: true },
    });
    for (const { inputs } of Object.values(ofType(declared, types.container))) {
      expect(inputs["ports"]).toBe(undefined);
    }
  });
});

test("the agent of an engine's host waits for the joiners there", async () => {
  const { declared } = await onEngines();
  const order = Object.keys(ofType(declared, types.container));
  const places = ["joiner-1", "joiner-3", "host-a", "joiner-2", "host-b"].map((name) =>
    order.indexOf(name),
  );
  const [first, third, hostA, second, hostB] = places as [number, number, number, number, number];
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  expect(hostA).toBeGreaterThan(Math.max(first, third));
  expect(hostB).toBeGreaterThan(second);
});

test("the joiners' configurations are written on each engine", async () => {
  const { declared } = await onEngines();
  const commands = ofType(declared, types.command);
  for (const { name, host } of engines) {
    const { environment } = commands[`joiners-${name}`]!.inputs;
    expect(environment).toMatchObject({ DOCKER_HOST: host });
  }
});

test("the image is built on the first engine and pulled by the others", async () => {
  const { declared } = await onEngines();
  const images = ofType(declared, types.image);
  expect(Object.keys(images).sort()).toEqual(["image", "image-b"]);
  expect(images["image-b"]!.provider).toBe("engine-b");
  const pulled = images["image-b"]!.inputs["name"];
  expect(pulled).toMatch(/^registry\.example:5000\/serf:[0-9a-f]+$/);
  for (const { inputs } of Object.values(ofType(declared, types.container))) {
    expect(inputs["image"]).toBe(pulled);
  }
});

test("the gate asks members on more than one engine", async () => {
  const { declared } = await onEngines();
  const { views, engines: asked, expected } = told(declared, "convergence");
  expect(views).toMatchObject([
    { name: "serf-test-seed", engine: { name: "a" } },
    { name: "serf-test-joiner-3", engine: { name: "a" } },
    { name: "serf-test-host-b", engine: { name: "b" } },
  ]);
  expect(asked).toEqual(engines);
  expect(expected).toHaveLength(6);
});

test("a command knows the engines, and which were listed before", async () => {
  const { declared } = await onEngines();
  expect(told(declared, "roster")).toMatchObject({ engines });
});

test("the outputs have the same form as on one engine", async () => {
  const { outputs } = await onEngines();
  expect(outputs).toMatchObject({
    seed: { name: "serf-test-seed", ip: "172.30.0.2", endpoint: "172.30.0.2:7946" },
    host: { name: "serf-test-host-a", address: "172.30.0.3" },
  });
  expect(outputs["joiners"]).toHaveLength(3);
});
