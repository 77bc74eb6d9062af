import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { AgentContainer } from "../../../lib/containers/description.ts";
import { specOf } from "../../../lib/plan/agents.ts";
import { ClusterNetwork } from "../../../components/cluster/clusterNetwork.ts";
import { Convergence } from "../../../components/convergence/convergence.ts";
import { HostAgent } from "../../../components/members/hostAgent.ts";
import { HostContainer } from "../../../components/members/hostContainer.ts";
import { Joiners } from "../../../components/members/joiners.ts";
import { ProcessLimits } from "../../../components/convergence/processLimits.ts";
import { recordedIn, type RecordedState } from "../../../lib/drift/recorded.ts";
import { Seed } from "../../../components/members/seed.ts";
import { SerfImage } from "../../../components/image/serfImage.ts";
import { EngineState } from "../../../lib/drift/engineState.ts";
import { Storage } from "../../../components/cluster/storage.ts";
import { planSubnet } from "../../../lib/cluster/subnet.ts";
import {
  configurationsIn,
  declare,
  labelsIn,
  ofType,
  revealSecret,
  told,
  types,
} from "../support/mocks.ts";

const subnet = planSubnet("10.9.0.0/24")!;
const labels = { "serf.project": "serf", "serf.stack": "test" };
const volumes = { config: "serf-test-config", data: "serf-test-data" };
const limits = { memory: 64, cpus: 0.5 };
const clusterNetwork = () =>
  new ClusterNetwork("network", { networkName: "serf-test", labels, subnet, engineState: fresh });
const nothing = recordedIn({});
const fresh = new EngineState(nothing);
const place = (recorded: RecordedState = nothing) => ({
  labels,
  network: clusterNetwork(),
  engineState: new EngineState(recorded),
});

function container(name: string, group: string, address: string): AgentContainer {
  const common = { image: "serf-test:1", network: "serf-test", profile: "wan" as const };
  return { ...common, volumes, limits, name, group, address };
}

const seedContainer: AgentContainer = {
  ...container("serf-test-seed", "seed", subnet.seed),
  publish: { address: "127.0.0.1", port: 7979 },
};
const seedFleet = { group: "seed", tags: { role: "seed" }, join: [subnet.seed] };

const joiners = ["joiner", "web"].map((group, at) => {
  const name = `serf-test-${group}-1`;
  const address = `10.9.0.${at + 3}`;
  return { id: `${group}-1`, name, address, group, container: container(name, group, address) };
});

const storage = (): Storage =>
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
interface JoinersMode {
  readonly preview: boolean;
  readonly seedAddress?: string;
  readonly opts?: pulumi.ComponentResourceOptions;
}

/** Declares joiners that join a seed by its address. */
async function declareJoiners({ preview, seedAddress = subnet.seed, opts }: JoinersMode) {
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
      new Joiners("joiners", { ...shared, joinAddress, joiners, fleets, storage: storage() }, opts);
    },
    { preview },
  );
}

/** The paths of values that are outputs. */
function outputsIn(value: unknown, path = ""): string[] {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    outputsIn(part, path === "" ? key : `${path}.${key}`),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([false, true])("in a preview: %s", (preview) => {
  test("SerfImage's tag is a hash of the build context, with paths relative to the project", async () => {
    const args = {
      prefix: "serf-test",
      labels,
      standIns: { builderImage: undefined, runtimeImage: "own/base:1" },
      builder: "provider" as const,
      generationOf: (name: string) => `of ${name}`,
    };
    const images = async (builderImage: string | undefined) => {
      const { declared, returned } = await declare(
        () => {
          const choice = { serfVersion: "0.11.0", builderImage, runtimeImage: undefined };
          return new SerfImage("image", { ...args, choice }).ref;
        },
        { preview },
      );
      return { image: ofType(declared, types.image)["image"]!, returned };
    };
    const { image, returned } = await images(undefined);
    expect(image.inputs["name"]).toMatch(/^serf-test:[0-9a-f]{12}$/);
    expect(returned).toBe(image.inputs["name"]);
    expect(image.inputs["build"]).toMatchObject({
      context: "docker",
      label: { ...labels, "serf.generation": `of ${String(returned)}` },
      buildArgs: {
        SERF_VERSION: "0.11.0",
        SERF_SUM: expect.stringMatching(/^h1:/) as string,
        RUNTIME_IMAGE: "own/base:1",
      },
    });
    // The image is removed by a command, not by the provider; see programs/imageRemoval.ts.
    expect(image.inputs["keepLocally"]).toBe(true);
    const other = await images("registry.example/go:1");
    expect(other.image.inputs["name"]).not.toBe(image.inputs["name"]);
  });

  test("ClusterNetwork declares its complete address plan", async () => {
    const { declared } = await declare(clusterNetwork, { preview });
    expect(ofType(declared, types.network)["network"]!.inputs).toMatchObject({
      name: "serf-test",
      driver: "bridge",
      ipamConfigs: [{ subnet: "10.9.0.0/24", gateway: "10.9.0.1", ipRange: "10.9.0.224/27" }],
    });
  });

  test("Seed has the fixed address and the volumes, and publishes gossip", async () => {
    const { declared, returned } = await declare(
      () => {
        const seed = new Seed("seed", { ...place(), container: seedContainer });
        return { ip: seed.ip, endpoint: seed.endpoint };
      },
      { preview },
    );
    expect(returned).toEqual({ ip: "10.9.0.2", endpoint: "127.0.0.1:7979" });
    const container = ofType(declared, types.container)["seed"]!;
    const { inputs } = container;
    expect(inputs["networksAdvanced"]).toEqual([{ name: "serf-test", ipv4Address: "10.9.0.2" }]);
    expect(inputs["ports"]).toEqual(
      ["tcp", "udp"].map((protocol) => ({
        internal: 7946,
        external: 7979,
        ip: "127.0.0.1",
        protocol,
      })),
    );
    expect(inputs).toMatchObject({
      stopTimeout: 10,
      destroyGraceSeconds: 10,
      command: ["seed.json", "-node=serf-test-seed", "-bind=10.9.0.2:7946", "-profile=wan"],
      volumes: [
        { volumeName: volumes.config, containerPath: "/etc/serf/config", readOnly: true },
        { volumeName: volumes.data, containerPath: "/var/lib/serf" },
      ],
    });
    expect(inputs).not.toHaveProperty("uploads");
    expect(inputs["envs"]).toEqual(["GOMAXPROCS=1", "SERF_DATA=/var/lib/serf/serf-test-seed"]);
    expect(labelsIn(container)).toEqual({
      ...labels,
      "serf.role": "seed",
      "serf.group": "seed",
      "serf.spec": specOf(seedContainer),
      "serf.generation": "1",
    });
  });

  test("a port that Docker chooses is not declared", async () => {
    const container = { ...seedContainer, publish: { address: "127.0.0.1", port: 0 } };
    const { declared } = await declare(
      () => new Seed("seed", { ...place({ ...nothing, endpoint: "127.0.0.1:1" }), container }).ip,
      { preview },
    );
    const { inputs } = ofType(declared, types.container)["seed"]!;
    expect(inputs["ports"]).toEqual(
      ["tcp", "udp"].map((protocol) => ({ internal: 7946, ip: "127.0.0.1", protocol })),
    );
  });

  test("Storage has two volumes, and a command that writes the seed's files", async () => {
    const { declared } = await declare(() => storage(), { preview });
    const found = Object.values(ofType(declared, types.volume));
    expect(found.map(({ inputs }) => inputs["name"]).sort()).toEqual(Object.values(volumes));
    for (const one of found) {
      expect(labelsIn(one)["serf.generation"]).toBe(`of ${String(one.inputs["name"])}`);
    }
    const { inputs } = ofType(declared, types.command)["storage"]!;
    expect(JSON.parse(revealSecret(inputs["stdin"]) as string)).toEqual({
      gossipKey: "a key",
      rpcToken: "a token",
    });
    // In the environment, so that a preview shows what changes.
    expect(configurationsIn(declared, "storage")).toEqual({
      ...{ part: "members", image: "serf-test:1", volumes, labels, generation: "1" },
      fleets: [seedFleet],
    });
  });

  test("Joiners are one container each, independent of each other and of the join address", async () => {
    const { declared } = await declareJoiners({ preview });
    const containers = ofType(declared, types.container);
    expect(Object.keys(containers)).toEqual(["seed", "joiner-1", "web-1"]);
    for (const [at, { id, name, group, container }] of joiners.entries()) {
      const { inputs } = containers[id]!;
      expect(inputs).toMatchObject({
        name,
        image: "serf-test:1",
        networksAdvanced: [{ name: "serf-test", ipv4Address: `10.9.0.${at + 3}` }],
      });
      expect(inputs).not.toHaveProperty("ports");
      expect(JSON.stringify(inputs)).not.toContain(subnet.seed);
      expect(labelsIn(containers[id]!)).toMatchObject({
        ...{ "serf.role": "joiner", "serf.group": group, "serf.spec": specOf(container) },
      });
    }
  });

  test("the joiners' join address comes from the seed's output", async () => {
    const joinOf = async (address: string) => {
      const { declared } = await declareJoiners({ preview, seedAddress: address });
      return configurationsIn(declared, "joiners");
    };
    const joined = await joinOf("10.9.0.77");
    expect(joined.fleets).toEqual([
      { group: "joiner", tags: { role: "joiner" }, join: ["10.9.0.77"] },
      { group: "web", tags: { role: "web" }, join: ["10.9.0.77"] },
    ]);
    // Nothing else depends on it.
    expect(await joinOf("10.9.0.2")).toEqual({
      ...joined,
      fleets: joined.fleets.map((fleet) => ({ ...fleet, join: ["10.9.0.2"] })),
    });
  });

  test("a changed address of the seed does not change the joiners' containers", async () => {
    const containersOf = async (address: string) => {
      const { declared } = await declareJoiners({ preview, seedAddress: address });
      const { seed, ...others } = ofType(declared, types.container);
      return { seed, others };
    };
    const [one, other] = [await containersOf("10.9.0.2"), await containersOf("10.9.0.77")];
    expect(other.others).toEqual(one.others);
    expect(other.others).not.toEqual({});
  });

  test("a container's only output among its inputs is the network, which it waits for", async () => {
    const outputs: Record<string, string[]> = {};
    const spy: pulumi.ResourceTransformation = ({ type, name, props }) => {
      if (type === types.container) outputs[name] = outputsIn(props);
      return undefined;
    };
    await declareJoiners({ preview, opts: { transformations: [spy] } });
    const ofNetwork = ["networksAdvanced.0.name"];
    expect(outputs).toEqual({ seed: ofNetwork, "joiner-1": ofNetwork, "web-1": ofNetwork });
  });

  test("HostContainer stops an earlier host agent process, and does not wait for the network", async () => {
    const container = {
      ...seedContainer,
      ...{ name: "serf-test-host", group: "host", network: "host", rpcPort: 7380 },
      ...{ publish: undefined },
    } as unknown as AgentContainer;
    const { declared } = await declare(
      () => {
        const { labels, engineState } = place();
        new HostContainer("host", { container, labels, engineState, formerDir: ".serf/host/test" });
      },
      { preview },
    );
    const { inputs } = ofType(declared, types.container)["host"]!;
    expect(inputs).toMatchObject({ name: "serf-test-host", networkMode: "host" });
    expect(inputs).not.toHaveProperty("networksAdvanced");
    const former = ofType(declared, types.command)["host-former"]!;
    expect(former.inputs["create"]).toMatch(/hostAgent.ts stop$/);
    expect(told(declared, "host-former")).toEqual({ dir: ".serf/host/test" });
  });

  test("ProcessLimits are set by one command for all containers", async () => {
    const containers = ["a", "b"];
    const { declared } = await declare(
      () =>
        new ProcessLimits("process-limits", {
          containers: containers.map((id) => pulumi.output(id)),
          generation: "2",
        }),
      { preview },
    );
    expect(told(declared, "process-limits")).toEqual({ containers, limit: 128, generation: "2" });
  });

  test("HostAgent is started with its generation, and reads its secrets", async () => {
    const args = {
      name: "serf-test-host",
      address: "10.9.0.1",
      dir: ".serf/host/test",
      image: "serf-test:1",
      join: "127.0.0.1:7946",
      port: 7946,
      isFirst: false,
      rpcPort: 7373,
      profile: "lan" as const,
      tags: { role: "host" },
      labels,
      timeout: 60,
      generation: "first",
      gossipKey: "a key",
      rpcToken: "a token",
    };
    const { declared } = await declare(() => new HostAgent("host", args), { preview });
    const { inputs } = ofType(declared, types.command)["host"]!;
    expect(inputs).toMatchObject({ addPreviousOutputInEnv: false });
    const input = JSON.parse(revealSecret(inputs["stdin"]) as string) as Record<string, unknown>;
    expect(input).toMatchObject({
      generation: "first",
      dir: ".serf/host/test",
      join: "127.0.0.1:7946",
      rpcPort: 7373,
      profile: "lan" as const,
      tags: { role: "host" },
      gossipKey: "a key",
      rpcToken: "a token",
    });
  });
});

test("Convergence outputs what the gate printed, and nothing in a preview", async () => {
  const program = () =>
    new Convergence("convergence", {
      expected: [],
      views: [],
      formerHostDir: undefined,
      network: "serf-test",
      labels,
      profile: "lan",
      timeout: 60,
      incarnations: ["a"],
    }).members;
  expect((await declare(program)).returned).toEqual([{ name: "a" }]);
  expect((await declare(program, { preview: true })).returned).toBeUndefined();
});
