import { expect, test } from "vitest";
import { type AgentContainer, describeContainer } from "../../../../lib/containers/description.ts";
import { editsOf, type InspectedContainer } from "../../../../lib/containers/facts.ts";

const unpublished: AgentContainer = {
  name: "serf-test-seed",
  address: "10.9.0.2",
  group: "seed",
  image: "serf-test:1",
  network: "serf-test",
  volumes: { config: "serf-test-config", data: "serf-test-data" },
  limits: { memory: 128, cpus: 0.5 },
};
const seed: AgentContainer = {
  ...unpublished,
  publish: { address: "127.0.0.1", port: 7946 },
};
const made = describeContainer(seed);

/** The engine's description of a container that was created from this. */
const found: InspectedContainer = {
  State: { Status: "running" },
  Config: {
    Image: "serf-test:1",
    Cmd: ["seed.json", "-node=serf-test-seed", "-bind=10.9.0.2:7946"],
    Env: ["GOMAXPROCS=1", "SERF_DATA=/var/lib/serf/serf-test-seed", "PATH=/bin"],
  },
  HostConfig: {
    Memory: 128 * 2 ** 20,
    MemorySwap: 128 * 2 ** 20,
    MemoryReservation: 0,
    NanoCpus: 0,
    CpuPeriod: 100_000,
    CpuQuota: 50_000,
    CpuShares: 0,
    CpusetCpus: "",
    BlkioWeight: 0,
    PidsLimit: 128,
    RestartPolicy: { Name: "always" },
    Privileged: false,
    ReadonlyRootfs: true,
    CapAdd: null,
    CapDrop: ["ALL"],
    PortBindings: {
      "7946/tcp": [{ HostIp: "127.0.0.1", HostPort: "7946" }],
      "7946/udp": [{ HostIp: "127.0.0.1", HostPort: "7946" }],
    },
  },
  Mounts: [
    {
      Type: "volume",
      Name: "serf-test-data",
      Source: "/x",
      Destination: "/var/lib/serf",
      RW: true,
    },
    {
      Type: "volume",
      Name: "serf-test-config",
      Source: "/y",
      Destination: "/etc/serf/config",
      RW: false,
    },
    { Type: "tmpfs", Source: "", Destination: "/run", RW: true },
  ],
  NetworkSettings: {
    Networks: {
      "serf-test": { IPAddress: "10.9.0.2", IPAMConfig: { IPv4Address: "10.9.0.2" } },
    },
  },
};

const withHost = (changes: Partial<InspectedContainer["HostConfig"]>): InspectedContainer => ({
  ...found,
  HostConfig: { ...found.HostConfig, ...changes },
});
const withNetworks = (
  Networks: InspectedContainer["NetworkSettings"]["Networks"],
): InspectedContainer => ({ ...found, NetworkSettings: { Networks } });

test("an unchanged container has no edits", () => {
  expect(editsOf(made, found)).toEqual([]);
});

test("neither a port that Docker chooses nor the host's network is an edit", () => {
  const chosen = { "7946/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] };
  const auto = describeContainer({ ...seed, publish: { address: "127.0.0.1", port: 0 } });
  const bindings = { ...chosen, "7946/udp": [{ HostIp: "127.0.0.1", HostPort: "0" }] };
  expect(editsOf(auto, withHost({ PortBindings: bindings }))).toEqual([]);
  const networks = { host: { IPAddress: "", IPAMConfig: null } };
  const onHost = {
    ...withHost({ PortBindings: {} }),
    NetworkSettings: { Networks: networks },
  };
  expect(editsOf(describeContainer({ ...unpublished, network: "host" }), onHost)).toEqual([]);
});

test.each<[string, InspectedContainer, string, string]>([
  ["memory", withHost({ Memory: 64 * 2 ** 20 }), "128 MiB", "64 MiB"],
  ["memory with swap", withHost({ MemorySwap: -1 }), "128 MiB", "unlimited"],
  ["memory reservation", withHost({ MemoryReservation: 2 ** 20 }), "none", "1 MiB"],
  ["processors", withHost({ CpuQuota: 0 }), "0.5", "any number"],
  ["processors", withHost({ NanoCpus: 2e9 }), "0.5", "2"],
  ["processor shares", withHost({ CpuShares: 2 }), "none", "2"],
  ["processor set", withHost({ CpusetCpus: "0-1" }), "any", "0-1"],
  ["block I/O weight", withHost({ BlkioWeight: 10 }), "none", "10"],
  ["processes", withHost({ PidsLimit: null }), "128", "any number"],
  ["restart policy", withHost({ RestartPolicy: { Name: "" } }), "always", "no"],
  ["privileges", withHost({ CapAdd: ["NET_ADMIN"] }), "none", "NET_ADMIN"],
  ["networks", withNetworks({}), "serf-test 10.9.0.2", "none"],
  [
    "networks",
    withNetworks({
      ...found.NetworkSettings.Networks,
      other: { IPAddress: "10.8.0.9", IPAMConfig: null },
    }),
    "serf-test 10.9.0.2",
    "other 10.8.0.9, serf-test 10.9.0.2",
  ],
  ["image", { ...found, Config: { ...found.Config, Image: "x" } }, "serf-test:1", "x"],
  [
    "command",
    { ...found, Config: { ...found.Config, Cmd: null } },
    "seed.json -node=serf-test-seed -bind=10.9.0.2:7946",
    "",
  ],
])("a changed %s is an edit", (what, inspected, before, now) => {
  expect(editsOf(made, inspected)).toEqual([{ what, made: before, found: now }]);
});
