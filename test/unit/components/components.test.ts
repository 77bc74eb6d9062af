import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ClusterNetwork } from "../../../components/clusterNetwork.ts";
import { Convergence } from "../../../components/convergence.ts";
import { HostAgent } from "../../../components/hostAgent.ts";
import { Joiners } from "../../../components/joiners.ts";
import { Seed } from "../../../components/seed.ts";
import { Storage } from "../../../components/storage.ts";
import { SerfImage } from "../../../components/serfImage.ts";
import { planSubnet } from "../../../components/subnet.ts";
import { declare, ofType, revealSecret, types } from "../mocks.ts";

const subnet = planSubnet("10.9.0.0/24")!;
const labels = { "serf.project": "serf", "serf.stack": "test" };
const volumes = { config: "serf-test-config", data: "serf-test-data" };
const limits = { memory: 64, cpus: 0.5 };
const place = { labels, volumes, limits, profile: "wan" as const };
const clusterNetwork = () =>
  new ClusterNetwork("network", { networkName: "serf-test", labels, subnet, generation: "first" });

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([false, true])("in a preview: %s", (preview) => {
  test("SerfImage names the image by its content, relative to the project", async () => {
    const args = {
      prefix: "serf-test",
      labels,
      retainData: false,
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
      buildArgs: { SERF_VERSION: "0.11.0", SERF_SUM: expect.stringMatching(/^h1:/) as string },
    });
    // The removal, and not the provider, takes the image away; see programs/imageRemoval.ts.
    expect(image.inputs["keepLocally"]).toBe(true);
    const other = await images("registry.example/go:1");
    expect(other.image.inputs["name"]).not.toBe(image.inputs["name"]);
  });

  test("ClusterNetwork gives its address plan in full", async () => {
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
        const seed = new Seed("seed", {
          ...place,
          image: "serf-test:1",
          network: clusterNetwork(),
          generation: "second",
          memberName: "serf-test-seed",
          address: subnet.seed,
          publish: { address: "127.0.0.1", port: 7979 },
        });
        return { ip: seed.ip, endpoint: seed.endpoint };
      },
      { preview },
    );
    expect(returned).toEqual({ ip: "10.9.0.2", endpoint: "127.0.0.1:7979" });
    const { inputs } = ofType(declared, types.container)["seed"]!;
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
        { volumeName: volumes.data, containerPath: "/var/lib/serf", readOnly: false },
      ],
    });
    expect(inputs).not.toHaveProperty("uploads");
    expect(inputs["envs"]).toEqual(["GOMAXPROCS=1", "SERF_DATA=/var/lib/serf/serf-test-seed"]);
    expect(inputs["labels"]).toContainEqual({ label: "serf.generation", value: "second" });
    expect(inputs["labels"]).toContainEqual({ label: "serf.group", value: "seed" });
  });

  test("Storage has two volumes, and a command that writes what each group reads", async () => {
    const fleets = [{ group: "seed", tags: { role: "seed" }, join: ["10.9.0.2"] }];
    const { declared } = await declare(
      () =>
        new Storage("storage", {
          names: volumes,
          labels,
          image: "serf-test:1",
          fleets,
          gossipKey: "a key",
          rpcToken: "a token",
          retainData: false,
          generationOf: (name) => `of ${name}`,
          standing: { generation: "first", fresh: "new", keys: [], files: undefined },
        }),
      { preview },
    );
    const found = Object.values(ofType(declared, types.volume));
    expect(found.map(({ inputs }) => inputs["name"]).sort()).toEqual(Object.values(volumes));
    for (const { inputs } of found) {
      expect(inputs["labels"]).toContainEqual({
        label: "serf.generation",
        value: `of ${String(inputs["name"])}`,
      });
    }
    const { inputs } = ofType(declared, types.command)["storage"]!;
    if (preview) return;
    expect(JSON.parse(revealSecret(inputs["stdin"]) as string)).toEqual({
      image: "serf-test:1",
      volumes,
      labels,
      fleets,
      gossipKey: "a key",
      rpcToken: "a token",
      generation: "first",
    });
  });

  test("Joiners are made by one command, and removed before the network", async () => {
    const joiners = [
      { name: "serf-test-joiner-1", address: "10.9.0.3", group: "joiner", generation: "first" },
      { name: "serf-test-joiner-2", address: "10.9.0.4", group: "joiner", generation: "second" },
    ];
    // Whose container is not made from what it should be is of a new generation.
    const asked = joiners.map((joiner) => ({ ...joiner, generation: "third" }));
    const { declared } = await declare(
      () =>
        new Joiners("joiners", {
          ...place,
          network: clusterNetwork(),
          images: { joiner: pulumi.output("serf-test:1") },
          found: [],
          fresh: "third",
          joiners,
        }),
      { preview },
    );
    const { inputs } = ofType(declared, types.command)["joiners"]!;
    expect(inputs).toMatchObject({ addPreviousOutputInEnv: false });
    expect(inputs).not.toHaveProperty("environment");
    expect(JSON.parse(inputs["stdin"] as string)).toEqual({
      images: { joiner: "serf-test:1" },
      network: { name: "serf-test", generation: "first" },
      volumes,
      limits,
      profile: "wan",
      labels,
      joiners: asked,
    });
    const { inputs: removal } = ofType(declared, types.command)["joiners-removal"]!;
    expect(removal).toMatchObject({
      stdin: JSON.stringify({ labels, images: { joiner: "serf-test:1" } }),
    });
    expect(removal).not.toHaveProperty("create");
    if (!preview) expect(removal["triggers"]).toEqual(["network-id"]);
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
      formerHost: undefined,
      network: "serf-test",
      labels,
      profile: "lan",
      timeout: 60,
      incarnations: ["a"],
    }).members;
  expect((await declare(program)).returned).toEqual([{ name: "a" }]);
  expect((await declare(program, { preview: true })).returned).toBeUndefined();
});
