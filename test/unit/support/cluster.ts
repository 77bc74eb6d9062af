/** A small cluster, as the tests of components declare it. */
import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "../../../components/cluster/clusterNetwork.ts";
import { Storage } from "../../../components/cluster/storage.ts";
import { Joiners } from "../../../components/members/joiners.ts";
import { Seed } from "../../../components/members/seed.ts";
import { planSubnet } from "../../../lib/cluster/subnet.ts";
import type { AgentContainer } from "../../../lib/containers/description.ts";
import { EngineState } from "../../../lib/drift/engineState.ts";
import { recordedIn, type RecordedState } from "../../../lib/drift/recorded.ts";
import { declare } from "./mocks.ts";

export const subnet = planSubnet("10.9.0.0/24")!;
export const labels = { "serf.project": "serf", "serf.stack": "test" };
export const volumes = { config: "serf-test-config", data: "serf-test-data" };
const limits = { memory: 64, cpus: 0.5 };
export const clusterNetwork = () =>
  new ClusterNetwork("network", { networkName: "serf-test", labels, subnet, engineState: fresh });
const nothing = recordedIn({});
const fresh = new EngineState(nothing);
export const place = (recorded: RecordedState = nothing) => ({
  labels,
  network: clusterNetwork(),
  engineState: new EngineState(recorded),
});

function container(name: string, group: string, address: string): AgentContainer {
  const common = { image: "serf-test:1", network: "serf-test", profile: "wan" as const };
  return { ...common, volumes, limits, name, group, address };
}

export const seedContainer: AgentContainer = {
  ...container("serf-test-seed", "seed", subnet.seed),
  publish: { address: "127.0.0.1", port: 7979 },
};
export const seedFleet = { group: "seed", tags: { role: "seed" }, join: [subnet.seed] };

export const joiners = ["joiner", "web"].map((group, at) => {
  const name = `serf-test-${group}-1`;
  const address = `10.9.0.${at + 3}`;
  return { id: `${group}-1`, name, address, group, container: container(name, group, address) };
});

export const storage = (): Storage =>
  new Storage("storage", {
    names: volumes,
    labels,
    image: "serf-test:1",
    fleets: [seedFleet],
    secrets: { gossipKey: pulumi.output("a key"), rpcToken: pulumi.output("a token") },
    retainData: false,
    engineState: {
      ofVolume: (name) => `of ${name}`,
      ofCluster: () => ({ generation: "1", fresh: "2", keys: [], files: undefined }),
    },
    expected: [],
  });

/** The settings of the mocked deployment. */
export interface JoinersMode {
  readonly preview: boolean;
  readonly seedAddress?: string;
  readonly opts?: pulumi.ComponentResourceOptions;
}

/** Declares joiners that join a seed by its address. */
export async function declareJoiners({ preview, seedAddress = subnet.seed, opts }: JoinersMode) {
  return await declare(
    () => {
      const shared = place();
      const seed = new Seed(
        "seed",
        { ...shared, container: { ...seedContainer, address: seedAddress } },
        opts,
      );
      const fleets = joiners.map(({ group }) => ({ group, tags: { role: group } }));
      const joinAddress = seed.ip;
      new Joiners(
        "joiners",
        {
          ...shared,
          joinAddress,
          joiners,
          fleets,
          places: [{ engine: undefined, storage: storage() }],
        },
        opts,
      );
    },
    { preview },
  );
}

/** The paths of values that are outputs. */
export function outputsIn(value: unknown, path = ""): string[] {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    outputsIn(part, path === "" ? key : `${path}.${key}`),
  );
}
