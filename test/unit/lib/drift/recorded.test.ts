import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readState } from "../../../../components/stack/readState.ts";
import { recordedIn } from "../../../../lib/drift/recorded.ts";
import { declare, stateOf, types } from "../../support/mocks.ts";

const labels = (generation: string) => [
  { label: "serf.project", value: "serf" },
  { label: "serf.stack", value: "test" },
  { label: "serf.generation", value: generation },
];

/** As Pulumi returns them, with further properties of the provider. */
const state = stateOf([
  ["pulumi:pulumi:Stack", "serf-test", { image: "sha256:1" }],
  [types.provider, "default-engine", { version: "5.2.0" }],
  [types.provider, "engine-a", { version: "5.2.0", host: "tcp://a:2375" }],
  [types.provider, "engine-b", { host: "tcp://b:2376", certPath: "/certs" }],
  [
    types.container,
    "seed",
    {
      name: "serf-test-seed",
      labels: labels("2"),
      networksAdvanced: [{ name: "serf-test", ipv4Address: "10.9.0.2", aliases: null }],
      networkDatas: [{ ipAddress: "10.9.0.2" }],
      ports: [{ internal: 7946, external: 32768, ip: "127.0.0.1", protocol: "tcp" }],
    },
  ],
  [
    types.container,
    "joiner-1",
    {
      name: "serf-test-joiner-1",
      labels: labels("1"),
      networksAdvanced: [{ name: "serf-test", ipv4Address: "10.9.0.7" }],
    },
  ],
  [
    types.container,
    "host",
    { name: "serf-test-host", labels: labels("3"), networkMode: "host", networksAdvanced: null },
  ],
  [
    types.network,
    "network",
    { name: "serf-test", labels: labels("4"), ipamConfigs: [{ subnet: "10.9.0.0/24" }] },
  ],
  [
    types.volume,
    "lease",
    { name: "serf-test-lease", labels: [...labels("1"), { label: "serf.owner", value: "anna" }] },
  ],
  [types.volume, "storage-data", { name: "serf-test-data", labels: labels("5") }],
  [types.image, "image", { name: "serf-test:1", build: { label: { "serf.generation": "6" } } }],
  [types.image, "image-web", { name: "serf-test:2", triggers: { built: "7" }, build: null }],
  ["serf:cluster:Storage", "storage", { generation: "8" }],
  [
    "serf:cluster:HostAgent",
    "host",
    { memberName: "serf-test-host", rpcPort: 7373, generation: "9" },
  ],
  [types.command, "formation", { stdin: '{"generation":"11"}' }],
  ["serf:cluster:NeighbourTable", "neighbour-table", { generation: "10" }],
  ["serf:cluster:Seed", "seed", { endpoint: "127.0.0.1:32768" }],
  [
    "serf:cluster:Convergence",
    "convergence",
    { members: [{ name: "serf-test-seed", tags: { role: "seed" } }] },
  ],
  ["serf:cluster:SerfImage", "image", { builder: "client", standInBuilder: "own/go:1" }],
  ["serf:cluster:SerfImage", "image-web", { builder: "client", standInBuilder: "own/go:1" }],
]);

test("a state has the generations and addresses of everything in a stack", () => {
  expect(recordedIn(state)).toEqual({
    containers: new Map([
      ["serf-test-seed", "2"],
      ["serf-test-joiner-1", "1"],
      ["serf-test-host", "3"],
    ]),
    networks: new Map([["serf-test", "4"]]),
    volumes: new Map([
      ["serf-test-lease", "1"],
      ["serf-test-data", "5"],
    ]),
    images: new Map([
      ["serf-test:1", "6"],
      ["serf-test:2", "7"],
    ]),
    addresses: new Map([
      ["serf-test-seed", "10.9.0.2"],
      ["serf-test-joiner-1", "10.9.0.7"],
    ]),
    stack: "test",
    allocation: { subnet: "10.9.0.0/24", gossipPort: 32768, rpcPort: 7373 },
    owner: "anna",
    tags: new Map([["serf-test-seed", { role: "seed" }]]),
    cluster: "8",
    processLimits: undefined,
    hostProcess: "9",
    hostAgentIn: "process",
    neighbourTable: "10",
    engines: new Map(),
    engineHosts: [
      { name: "a", host: "tcp://a:2375" },
      { name: "b", host: "tcp://b:2376", certPath: "/certs" },
    ],
    formation: { generation: "11" },
    endpoint: "127.0.0.1:32768",
    builder: "client",
    standIns: { builderImage: "own/go:1", runtimeImage: undefined },
  });
});

test("the RPC port of a host's agent in a container is in its environment", () => {
  const envs = ["GOMAXPROCS=1", "SERF_RPC_ADDR=127.0.0.1:24007"];
  const { allocation } = recordedIn(stateOf([[types.container, "host", { name: "x", envs }]]));
  expect(allocation).toEqual({ subnet: undefined, gossipPort: undefined, rpcPort: 24007 });
});

test("the state of a stack that does not exist yet is empty", () => {
  const { containers, addresses, cluster, builder, standIns } = recordedIn({});
  expect([containers.size, addresses.size]).toEqual([0, 0]);
  expect([cluster, builder]).toEqual([undefined, undefined]);
  expect(standIns).toEqual({ builderImage: undefined, runtimeImage: undefined });
});

test.each([
  ["no labels", { name: "x" }, [["x", ""]]],
  ["labels of others", { name: "x", labels: [{ label: "a", value: "b" }] }, [["x", ""]]],
  ["no name", { labels: labels("1") }, []],
  ["a network without an address", { name: "x", networksAdvanced: [{ name: "n" }] }, [["x", ""]]],
  ["nothing", {}, []],
])("a container with %s has no generation, or is ignored", (_, outputs, expected) => {
  const { containers, addresses } = recordedIn(stateOf([[types.container, "x", outputs]]));
  expect([...containers, ...addresses]).toEqual(expected);
});

test.each([false, true])(
  "a program reads its state through Pulumi; preview: %s",
  async (preview) => {
    let read: unknown;
    await declare(async () => (read = await readState()), { preview, state });
    expect(read).toEqual(recordedIn(state));
  },
);

test("secrets in a state do not hide the rest", async () => {
  const secret = { ...stateOf([[types.command, "x", { stdout: pulumi.secret("token") }]]) };
  let read: unknown;
  await declare(async () => (read = await readState()), { state: { ...state, ...secret } });
  expect(read).toEqual(recordedIn(state));
});
