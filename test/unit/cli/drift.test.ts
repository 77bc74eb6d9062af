import { expect, test } from "vitest";
import { engineRows, membershipRows } from "../../../cli/driftRows.ts";
import { changesIn } from "../../../cli/plannedChanges.ts";
import { readRecord } from "../../../cli/record.ts";
import { recordedThings } from "../../../cli/recorded.ts";
import type { RecordedResource } from "../../../cli/stateFiles.ts";
import { groupConfig } from "../../../components/agentConfig.ts";
import { blank, type Sight } from "../../../components/sight.ts";
import { sealFile, sealOf } from "../../../components/seal.ts";
import type { Inventory } from "../../../components/standing.ts";

const volumes = { config: "serf-test-config", data: "serf-test-data" };
const limits = { memory: 128, cpus: 1 };
const generation = { label: "serf.generation", value: "first" };
const fleet = { group: "seed", tags: {}, join: [] };
const storage = { volumes, fleets: [fleet], gossipKey: "key", rpcToken: "token", generation: "g" };
const joiner = {
  name: "serf-test-joiner-1",
  address: "10.9.0.3",
  group: "joiner",
  generation: "first",
};

const resource = (type: string, name: string, other: object): RecordedResource => ({
  urn: `urn:pulumi:test::serf::parent$${type}::${name}`,
  type,
  ...other,
});
const command = (name: string, inputs: object) =>
  resource("command:local:Command", name, { id: `${name}-id`, inputs });

const resources: RecordedResource[] = [
  resource("pulumi:providers:docker", "default", { id: "provider" }),
  resource("docker:index/network:Network", "network", {
    id: "net-id",
    inputs: { name: "serf-test", labels: [generation], ipamConfigs: [{ subnet: "10.9.0.0/24" }] },
  }),
  resource("docker:index/volume:Volume", "storage-config", {
    id: volumes.config,
    inputs: { labels: [generation] },
  }),
  resource("docker:index/remoteImage:RemoteImage", "image", {
    id: "sha",
    inputs: { name: "serf-test:1", build: { label: { "serf.generation": "first" } } },
  }),
  resource("serf:cluster:Seed", "seed", {
    inputs: {
      memberName: "serf-test-seed",
      address: "10.9.0.2",
      image: "serf-test:1",
      publish: { address: "127.0.0.1", port: 0 },
      volumes,
      limits,
    },
    outputs: { endpoint: "127.0.0.1:1234" },
  }),
  resource("docker:index/container:Container", "seed", {
    id: "seed-id",
    inputs: { labels: [generation, { label: "serf.spec", value: "spec" }] },
  }),
  command("joiners", {
    stdin: JSON.stringify({
      images: { joiner: "serf-test:1" },
      network: { name: "serf-test", generation: "first" },
      volumes,
      limits,
      joiners: [joiner],
    }),
  }),
  command("storage", { stdin: { plaintext: JSON.stringify(JSON.stringify(storage)) } }),
  resource("serf:cluster:HostAgent", "host", {
    inputs: { name: "serf-test-host", generation: "third", rpcPort: 7373 },
  }),
  command("convergence", {
    environment: {
      SERF_CONVERGENCE: JSON.stringify({
        expected: [{ name: "serf-test-seed", address: "10.9.0.2", tags: {} }],
      }),
    },
  }),
];

const record = readRecord("test", resources);
const files = new Map([
  ["seed.json", groupConfig(fleet, "token")],
  ["rpc-token", "token"],
  ["keyring", '["key"]\n'],
]);
files.set(sealFile, sealOf(files, "g"));
const whole: Sight = {
  ...blank,
  files,
  members: [{ name: "serf-test-seed", address: "10.9.0.2", status: "alive", tags: {} }],
  host: { name: "serf-test-host", generation: "third", faults: [] },
};
const found: Inventory = {
  ...record.inventory,
  containers: record.inventory.containers.map((one) => ({ ...one, id: one.id || "joiner-id" })),
};
const keys = { members: 1, answered: 1, faults: [], keys: new Map([["key", 1]]) };

test("a record has what is needed to make everything again", () => {
  expect(record).toMatchObject({
    generation: "g",
    endpoint: "127.0.0.1:1234",
    host: { name: "serf-test-host", generation: "third" },
    rpcPort: 7373,
  });
  expect(record.made.get("serf-test-seed")).toMatchObject({
    network: "serf-test",
    publish: { port: 0 },
    role: "seed",
    group: "seed",
  });
  expect(record.made.get("serf-test-joiner-1")).toMatchObject({
    image: "serf-test:1",
    group: "joiner",
    limits,
  });
  expect(recordedThings(resources)).toContain("serf-test-joiner-1");
  expect(recordedThings(resources)).not.toContain("provider");
  expect(recordedThings([])).toEqual(new Set());
});

test("nothing differs where all is as recorded", () => {
  expect(engineRows(record, found, whole)).toEqual([]);
  expect(membershipRows(record, whole, keys)).toEqual([]);
});

const only = (changes: Partial<Inventory>, sight: Partial<Sight> = {}) =>
  engineRows(record, { ...found, ...changes }, { ...whole, ...sight }).map(
    ({ what, declared, found: now }) => `${what}: ${declared}, ${now}`,
  );

test("each thing that is gone or another is a row", () => {
  const [seed, other] = found.containers;
  expect(only({ containers: [other!] })).toEqual(["container serf-test-seed: running, removed"]);
  expect(only({ containers: [{ ...seed!, id: "x" }, other!] })).toEqual([
    "container serf-test-seed: running, another container of that name",
  ]);
  const stopped = { ...other!, isRunning: false, state: "exited" };
  expect(only({ containers: [seed!, stopped] })).toEqual([
    "container serf-test-joiner-1: running, exited",
  ]);
  expect(only({ networks: [] })).toEqual(["network serf-test: 10.9.0.0/24, removed"]);
  expect(only({ volumes: [] })).toEqual(["volume serf-test-config: there, removed"]);
  expect(only({ images: [] })).toEqual(["image serf-test:1: there, removed"]);
  expect(only({}, { host: undefined })).toEqual(["host's agent serf-test-host: running, dead"]);
  const spoilt = new Map([["serf-test-seed", [{ what: "memory", made: "1", found: "2" }]]]);
  expect(only({}, { spoilt })).toEqual(["container serf-test-seed: memory: 1, 2"]);
  expect(only({}, { files: new Map([...files, ["keyring", "[]"]]) })).toEqual([
    "file keyring in serf-test-config: as written, changed",
  ]);
  expect(only({}, { files: new Map([...files, ["x", ""]]) })).toEqual([
    "file of others in serf-test-config: as written, changed",
  ]);
});

test("members and keys that differ are rows, and no key stands in them", () => {
  const members = [
    { ...whole.members![0]!, status: "failed" as const },
    { name: "x", address: "10.9.0.9", status: "alive" as const, tags: {} },
  ];
  const others = { ...keys, keys: new Map([["other", 1]]) };
  const rows = membershipRows(record, { ...whole, members }, others);
  expect(rows.map(({ what, found: now }) => `${what}: ${now}`)).toEqual([
    "member serf-test-seed: failed",
    "member x: alive at 10.9.0.9",
    "gossip key: on 0",
    "another gossip key: on 1 of 1",
  ]);
  expect(membershipRows(record, whole, undefined)).toMatchObject([
    { what: "gossip key", found: "not told" },
  ]);
  expect(membershipRows(record, { ...whole, members: undefined }, undefined)).toMatchObject([
    { what: "the cluster", found: "no agent that answers" },
  ]);
});

test("a preview's changes are those of resources, with the reasons", () => {
  const urn = (path: string) => `urn:pulumi:test::serf::${path}`;
  const steps = [
    { op: "same", urn: urn("pulumi:pulumi:Stack::serf-test") },
    { op: "update", urn: urn("serf:cluster:Joiners::joiners") },
    { op: "update", urn: urn("serf:cluster:Joiners$command:local:Command::joiners") },
    {
      op: "replace",
      urn: urn("serf:cluster:Seed$docker:index/container:Container::seed"),
      detailedDiff: { memory: {} },
      diffReasons: ["memory", "labels"],
    },
    {
      op: "create",
      urn: urn("serf:cluster:SerfImage$docker:index/remoteImage:RemoteImage::image"),
    },
  ];
  const diagnostics = [
    { urn: urn("serf:cluster:Joiners::joiners"), message: "1 to make: x\n", severity: "info" },
  ];
  expect(changesIn({ steps, diagnostics })).toEqual([
    {
      what: "Command joiners",
      declared: "to be changed: 1 to make: x",
      found: "as the last `up` left it",
      side: "configuration",
    },
    {
      what: "Container seed",
      declared: "to be replaced: memory, labels",
      found: "as the last `up` left it",
      side: "configuration",
    },
    {
      what: "RemoteImage image",
      declared: "to be made",
      found: "not there",
      side: "configuration",
    },
  ]);
});
