import { emptyInventory } from "../../support/inventory.ts";
import { describe, expect, test } from "vitest";
import { maybeTooSmall, tooSmall } from "../../../../lib/neighbourTable/advice.ts";
import { declareNeighbourTable } from "../../../../components/cluster/neighbourTable.ts";
import {
  defaultLimits,
  raisedFor,
  demandOf,
  isLargeEnough,
  totalDemand,
  wantedEntries,
} from "../../../../lib/neighbourTable/demand.ts";
import { recordedIn } from "../../../../lib/drift/recorded.ts";
import { parseSettings } from "../../../../lib/settings/settings.ts";
import { nothingObserved } from "../../../../lib/drift/observation.ts";
import { EngineState } from "../../../../lib/drift/engineState.ts";
import { declare, ofType, types } from "../../support/mocks.ts";

test.each([
  [2, 2],
  [5, 20],
  [32, 992],
  [102, 10_302],
])("%i agents need %i entries", (agents, entries) => {
  expect(wantedEntries(agents)).toBe(entries);
});

test("the kernel's default limits suffice for 32 agents", () => {
  expect(isLargeEnough(defaultLimits, wantedEntries(32))).toBe(true);
  expect(isLargeEnough(defaultLimits, wantedEntries(33))).toBe(false);
});

test("stacks are counted separately, and only agents on their bridges count", () => {
  const container = (stack: string, role?: string) => ({
    id: "",
    name: "",
    isRunning: true,
    published: [],
    labels: {
      "serf.project": "serf",
      "serf.stack": stack,
      ...(role === undefined ? {} : { "serf.role": role }),
    },
  });
  const containers = [
    ...["seed", "joiner", "joiner", "host", "writer"].map((role) => container("a", role)),
    container("b", "seed"),
    container("c"),
  ];
  expect(demandOf(containers)).toEqual({ "serf/a": 12, "serf/b": 2 });
});

test("a demand that is declared twice counts once, with the larger value", () => {
  expect(totalDemand({ a: 10, b: 1 }, { a: 4, c: 100 })).toBe(111);
  expect(totalDemand()).toBe(0);
});

describe("limits", () => {
  test("are kept if they suffice, whatever the lower two are", () => {
    expect(raisedFor(1024, defaultLimits)).toEqual(defaultLimits);
  });

  test("are raised so that no entry is evicted", () => {
    expect(raisedFor(10_302, defaultLimits)).toEqual({
      gc_thresh1: 16_384,
      gc_thresh2: 65_536,
      gc_thresh3: 131_072,
    });
  });

  test("are never lowered", () => {
    const present = { gc_thresh1: 50_000, gc_thresh2: 50_000, gc_thresh3: 10_000 };
    expect(raisedFor(10_302, present)).toEqual({
      gc_thresh1: 50_000,
      gc_thresh2: 65_536,
      gc_thresh3: 131_072,
    });
  });
});

const command =
  "sudo sysctl -w net.ipv4.neigh.default.gc_thresh1=16384 net.ipv4.neigh.default.gc_thresh2=65536 " +
  "net.ipv4.neigh.default.gc_thresh3=131072";

test("the refusal has the numbers and the commands", () => {
  const demand = { agents: 102, own: 10_302, others: 20 };
  const said = tooSmall(demand, defaultLimits);
  expect(said).toContain(
    "the kernel's neighbour table holds 1024 entries, but the 102 agents on this host need 10302, " +
      "in addition to the 20 of its other stacks; without them packets are dropped, and members flap.",
  );
  expect(said).toContain("pulumi config set tuneKernel true");
  expect(said.split("\n").map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      command,
      `${command} | sudo tee /etc/sysctl.d/60-serf-neighbours.conf`,
    ]),
  );
  expect(tooSmall({ ...demand, others: 0 }, defaultLimits)).toContain("need 10302; without");
});

test("the refusal says so if tuneKernel is set without root", () => {
  const said = tooSmall({ agents: 102, own: 10_302, others: 0 }, defaultLimits, {
    tuneKernel: true,
  });
  expect(said).toContain("tuneKernel is true, but only root can enlarge it");
  expect(said).toContain(command);
});

test("for another machine only the defaults are known", () => {
  const said = maybeTooSmall({ agents: 102, own: 10_302, others: 0 }, defaultLimits);
  expect(said).toContain("which holds 1024 by default");
  expect(said).toContain(command);
});

describe.each([false, true])("in a preview: %s", (preview) => {
  const labels = { "serf.project": "serf", "serf.stack": "test" };
  const declareTable = (values: Readonly<Record<string, string>>, generation?: string) => {
    const settings = parseSettings(values, {
      stack: "test",
      platform: "linux",
      handlerFiles: [{ name: "load", isExecutable: true }],
    });
    const recorded = { ...recordedIn({}), neighbourTable: "3" };
    const engineState = new EngineState(recorded, {
      inventory: emptyInventory,
      observation: { ...nothingObserved, table: generation },
    });
    return declare(
      () => declareNeighbourTable({ settings, labels, engineState, engine: {} }).length,
      { preview },
    );
  };

  test("the table is declared with the agents' demand if the user has allowed it", async () => {
    const { declared } = await declareTable(
      { tuneKernel: "true", joiners: "60", groups: '{"web": 40}' },
      "3",
    );
    const { inputs } = ofType(declared, types.command)["neighbour-table"]!;
    expect(inputs).toMatchObject({
      create: "node --import=./lib/host/compileCache.mjs programs/neighbourTable.ts claim",
      delete: "node --import=./lib/host/compileCache.mjs programs/neighbourTable.ts release",
    });
    expect(JSON.parse(inputs["stdin"] as string)).toEqual({
      labels,
      entries: 10_302,
      generation: "3",
    });
  });

  test("a table that has become too small gets a new generation", async () => {
    const { declared } = await declareTable({ tuneKernel: "true" });
    const { inputs } = ofType(declared, types.command)["neighbour-table"]!;
    expect(JSON.parse(inputs["stdin"] as string)).toMatchObject({ generation: "4" });
  });

  test("nothing is declared otherwise", async () => {
    expect(await declareTable({ joiners: "100" })).toEqual({ declared: [], returned: 0 });
  });
});
