import { emptyInventory } from "../support/inventory.ts";
import { expect, test } from "vitest";
import { changesIn } from "../../../cli/support/drift/plannedChanges.ts";
import { readRecord } from "../../../cli/support/drift/record.ts";
import { engineRows, membershipRows } from "../../../cli/support/drift/rows.ts";
import { recordedThings } from "../../../cli/support/stack/recorded.ts";
import type { RecordedResource } from "../../../cli/support/stack/stateFiles.ts";
import { groupConfig } from "../../../lib/agents/config.ts";
import { type SealedPart, sealFile, sealOf } from "../../../lib/agents/seal.ts";
import { containerArgs, containerLabels } from "../../../lib/containers/args.ts";
import { type AgentContainer, describeContainer } from "../../../lib/containers/description.ts";
import { nothingObserved, type Observation } from "../../../lib/drift/observation.ts";
import type { Inventory } from "../../../lib/engine/found.ts";
import type { ConfigurationsInput } from "../../../lib/inputs/configurations.ts";

const volumes = { config: "serf-test-config", data: "serf-test-data" };
const limits = { memory: 128, cpus: 1 };
const generation = { label: "serf.generation", value: "2" };
const fleet = (group: string) => ({ group, tags: {}, join: ["10.9.0.2"] });
const labels = { "serf.project": "serf", "serf.stack": "test" };
const place = { image: "serf-test:1", network: "serf-test", volumes, limits };
const seed: AgentContainer = {
  ...{ ...place, name: "serf-test-seed", address: "10.9.0.2", group: "seed" },
  publish: { address: "127.0.0.1", port: 0 },
};
const joiner: AgentContainer = {
  ...{ ...place, name: "serf-test-joiner-1", address: "10.9.0.3", group: "joiner" },
};

const resource = (type: string, name: string, other: object): RecordedResource => ({
  urn: `urn:pulumi:test::serf::parent$${type}::${name}`,
  type,
  ...other,
});
const command = (name: string, inputs: object) =>
  resource("command:local:Command", name, { id: `${name}-id`, inputs });

function container(role: "seed" | "joiner", of: AgentContainer): RecordedResource {
  const description = describeContainer(of);
  const marks = { role, group: of.group, generation: "2" };
  const inputs = containerArgs(of.name, description, containerLabels(labels, description, marks));
  return resource("docker:index/container:Container", role, { id: `${role}-id`, inputs });
}

function configurations(part: SealedPart, group: string): Record<string, string> {
  const input: ConfigurationsInput = {
    ...{ part, image: "serf-test:1", volumes, labels, fleets: [fleet(group)], generation: "6" },
  };
  return { SERF_CONFIGURATIONS: JSON.stringify(input) };
}

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
    inputs: { name: "serf-test:1", build: { label: { "serf.generation": "2" } } },
  }),
  container("seed", seed),
  container("joiner", joiner),
  // A user's own container, without a role.
  resource("docker:index/container:Container", "own", { id: "own-id", inputs: { name: "own" } }),
  command("storage", {
    environment: configurations("members", "seed"),
    stdin: {
      plaintext: JSON.stringify(JSON.stringify({ gossipKey: "key", rpcToken: "token" })),
    },
  }),
  command("joiners", { environment: configurations("joiners", "joiner") }),
  resource("serf:cluster:HostAgent", "host", {
    inputs: { name: "serf-test-host", generation: "3", rpcPort: 7373 },
  }),
  command("convergence", {
    stdin: JSON.stringify({
      expected: [{ name: "serf-test-seed", address: "10.9.0.2", tags: {} }],
    }),
  }),
];

const record = readRecord(resources);
const files = new Map([
  ["seed.json", groupConfig(fleet("seed"), "token")],
  ["joiner.json", groupConfig(fleet("joiner"), "token")],
  ["rpc-token", "token"],
  ["keyring", '["key"]\n'],
]);
files.set(sealFile("members"), sealOf(files, ["seed.json", "rpc-token", "keyring"], "6"));
files.set(sealFile("joiners"), sealOf(files, ["joiner.json"], "6"));
const whole: Observation = {
  ...nothingObserved,
  files,
  members: [{ name: "serf-test-seed", address: "10.9.0.2", status: "alive", tags: {} }],
  host: { name: "serf-test-host", generation: "3", faults: [] },
};
const found = record.inventory;
const keys = { members: 1, answered: 1, faults: [], keys: new Map([["key", 1]]) };

test("a record has the containers, files and members from the state", () => {
  expect(record).toMatchObject({
    generation: "6",
    host: { name: "serf-test-host", generation: "3" },
    rpcPort: 7373,
    expected: [{ name: "serf-test-seed" }],
    storage: {
      ...{ volumes, gossipKey: "key", rpcToken: "token" },
      fleets: [{ group: "seed" }, { group: "joiner" }],
    },
  });
  expect([...record.made.keys()]).toEqual(["serf-test-seed", "serf-test-joiner-1"]);
  expect(describeContainer(seed)).toMatchObject(record.made.get("serf-test-seed")!);
  expect(describeContainer(joiner)).toMatchObject(record.made.get("serf-test-joiner-1")!);
  expect(found.containers.map(({ id }) => id)).toEqual(["seed-id", "joiner-id"]);
  expect(found.containers[0]!.labels["serf.role"]).toBe("seed");
  expect(found.images[0]!.labels).toEqual({ "serf.generation": "2" });
  expect(recordedThings(resources)).toContain("joiner-id");
  expect(recordedThings(resources)).not.toContain("provider");
  expect(recordedThings([])).toEqual(new Set());
});

test("the record of an almost empty state is empty", () => {
  expect(readRecord([])).toEqual({
    ...{ generation: "", host: undefined, rpcPort: 0, expected: undefined, storage: undefined },
    made: new Map(),
    inventory: emptyInventory,
  });
});

test("there are no rows when everything is as recorded", () => {
  expect(engineRows(record, found, whole)).toEqual([]);
  expect(membershipRows(record, whole, keys)).toEqual([]);
});

const only = (changes: Partial<Inventory>, observation: Partial<Observation> = {}) =>
  engineRows(record, { ...found, ...changes }, { ...whole, ...observation }).map(
    ({ what, declared, found: now }) => `${what}: ${declared}, ${now}`,
  );

test("each thing that is missing or different is a row", () => {
  const [seed, other] = found.containers;
  expect(only({ containers: [other!] })).toEqual(["container serf-test-seed: running, removed"]);
  expect(only({ containers: [{ ...seed!, id: "x" }, other!] })).toEqual([
    "container serf-test-seed: running, another container with that name",
  ]);
  const stopped = { ...other!, isRunning: false, state: "exited" };
  expect(only({ containers: [seed!, stopped] })).toEqual([
    "container serf-test-joiner-1: running, exited",
  ]);
  expect(only({ networks: [] })).toEqual(["network serf-test: 10.9.0.0/24, removed"]);
  expect(only({ volumes: [] })).toEqual(["volume serf-test-config: present, removed"]);
  expect(only({ images: [] })).toEqual(["image serf-test:1: present, removed"]);
  expect(only({}, { host: undefined })).toEqual(["host's agent serf-test-host: running, dead"]);
  const drifted = new Map([["serf-test-seed", [{ what: "memory", made: "1", found: "2" }]]]);
  expect(only({}, { drifted })).toEqual(["container serf-test-seed: memory: 1, 2"]);
  expect(only({}, { files: new Map([...files, ["keyring", "[]"]]) })).toEqual([
    "file keyring in serf-test-config: as written, changed",
  ]);
  expect(only({}, { files: new Map([...files, ["joiner.json", "{}"]]) })).toEqual([
    "file joiner.json in serf-test-config: as written, changed",
  ]);
  const older = new Map([...files, [sealFile("joiners"), sealOf(files, ["joiner.json"], "5")]]);
  expect(only({}, { files: older })).toEqual([
    "file seal in serf-test-config: as written, changed",
  ]);
  // A file of a group that was removed from the configuration.
  expect(only({}, { files: new Map([...files, ["x.json", ""]]) })).toEqual([]);
});

test("members and keys that differ are rows, without the keys themselves", () => {
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
    { what: "gossip key", found: "unknown" },
  ]);
  expect(membershipRows(record, { ...whole, members: undefined }, undefined)).toMatchObject([
    { what: "the cluster", found: "no agent answers" },
  ]);
});

test("a preview's changes are listed by resource, with the reasons", () => {
  const urn = (path: string) => `urn:pulumi:test::serf::${path}`;
  const steps = [
    { op: "same", urn: urn("pulumi:pulumi:Stack::serf-test") },
    { op: "update", urn: urn("serf:cluster:Joiners::joiners") },
    {
      op: "update",
      urn: urn("serf:cluster:Joiners$command:local:Command::joiners"),
      detailedDiff: { "environment.SERF_CONFIGURATIONS": {} },
      diffReasons: ["environment"],
    },
    {
      op: "replace",
      urn: urn("serf:cluster:Seed$docker:index/container:Container::seed"),
      detailedDiff: { memory: {} },
      diffReasons: ["memory", "labels"],
    },
    {
      op: "create",
      urn: urn("serf:cluster:Joiners$docker:index/container:Container::joiner-4"),
    },
    {
      op: "delete",
      urn: urn("serf:cluster:Joiners$docker:index/container:Container::web-1"),
    },
  ];
  const found = "as the last `up` left it";
  expect(changesIn({ steps })).toEqual([
    {
      what: "Command joiners",
      declared: "to be updated: environment.SERF_CONFIGURATIONS, environment",
      found,
      side: "configuration",
    },
    {
      what: "Container seed",
      declared: "to be replaced: memory, labels",
      found,
      side: "configuration",
    },
    {
      what: "Container joiner-4",
      declared: "to be created",
      found: "missing",
      side: "configuration",
    },
    { what: "Container web-1", declared: "to be deleted", found, side: "configuration" },
  ]);
});
