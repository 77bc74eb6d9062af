/** The whole program, deployed on mocks of Pulumi, the engine and the cluster. */
import { afterEach, beforeEach, vi } from "vitest";
import { nothingTaken, type Taken } from "../../../lib/allocation/allocate.ts";
import type { Look } from "../../../lib/drift/engineState.ts";
import { watch } from "../../../lib/membership/watch.ts";
import { emptyInventory } from "./inventory.ts";
import { declare, type Declared, labelsIn, type Mode, ofType, types } from "./mocks.ts";

/** What the tests set of an engine. */
interface SimulatedEngine {
  isReached: boolean;
  look?: Look;
  /** The subnets and ports of others. */
  taken?: Taken;
  /** Why its socket leads to another host. Default: it does not. */
  elsewhere?: string | undefined;
}

/** A simulated observation of the host and the engine; test/live uses a real one. */
const engine = vi.hoisted((): SimulatedEngine => ({ isReached: true }));

vi.mock("../../../components/stack/preflight.ts", () => ({
  reachesEngine: () => Promise.resolve(engine.isReached),
  preflight: () =>
    engine.isReached
      ? Promise.resolve(engine.look)
      : Promise.reject(new Error("looked at an engine that cannot be reached")),
}));
vi.mock("../../../components/stack/swarmPreflight.ts", () => ({
  swarmPreflight: () => Promise.resolve(engine.look),
}));
vi.mock("../../../components/stack/enginesPreflight.ts", () => ({
  enginesPreflight: () => Promise.resolve(engine.look),
}));
vi.mock("../../../lib/membership/watch.ts", () => ({ watch: vi.fn() }));
vi.mock("../../../lib/allocation/taken.ts", () => ({
  readTaken: () => Promise.resolve(engine.taken),
}));

export const nothing: Look = {
  inventory: emptyInventory,
};

beforeEach(() => {
  Object.assign(engine, {
    isReached: true,
    look: nothing,
    taken: nothingTaken,
    elsewhere: undefined,
  });
});

vi.mock("../../../lib/engine/findPlace.ts", () => ({
  engineElsewhere: () => Promise.resolve(engine.elsewhere),
}));

afterEach(() => {
  vi.unstubAllEnvs();
  vi.mocked(watch).mockReset();
});

/** The settings of Pulumi.dev.yaml that would else be chosen. */
const addresses = { subnet: "172.30.0.0/24", gossipPort: "7946", rpcPort: "7373" };

/** @param declared is filled with the resources, even if the program throws. */
export async function deploy(mode: Mode = {}, declared: Declared[] = []) {
  // Import the stack's components only after the mocks are set.
  const { returned } = await declare(
    async () => await (await import("../../../index.ts")).default(),
    { ...mode, config: { ...addresses, ...mode.config } },
    declared,
  );
  return { declared, outputs: returned as Record<string, unknown> };
}

export function names(declared: readonly Declared[], type: string): string[] {
  return Object.keys(ofType(declared, type)).sort();
}

/** The joiners' containers. */
export function joinersIn(declared: readonly Declared[]): Declared[] {
  const containers = Object.values(ofType(declared, types.container));
  return containers.filter((one) => labelsIn(one)["serf.role"] === "joiner");
}

export function generationsIn(declared: readonly Declared[]): Record<string, string> {
  const labelled = [types.container, types.network, types.volume].flatMap((type) =>
    Object.values(ofType(declared, type)),
  );
  return Object.fromEntries(labelled.map((one) => [one.name, labelsIn(one)["serf.generation"]!]));
}

/** A member's container in the state and on the engine. */
export function member(role: string, name: string, address: string, changes: object = {}) {
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

export { engine, watch };
