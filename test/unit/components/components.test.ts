import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ClusterNetwork } from "../../../components/clusterNetwork.ts";
import { Convergence } from "../../../components/convergence.ts";
import { HostAgent } from "../../../components/hostAgent.ts";
import { Joiners } from "../../../components/joiners.ts";
import { Seed } from "../../../components/seed.ts";
import { SerfImage } from "../../../components/serfImage.ts";
import { planSubnet } from "../../../components/subnet.ts";
import * as agentProcess from "../../../programs/agentProcess.ts";
import { declare, ofType, types } from "../mocks.ts";

const subnet = planSubnet("10.9.0.0/24")!;
const labels = { "serf.project": "serf", "serf.stack": "test" };
const place = { image: "serf-test:1", labels, tags: { rack: "7" } };
const clusterNetwork = () =>
  new ClusterNetwork("network", { networkName: "serf-test", labels, subnet, generation: "first" });

afterEach(() => {
  vi.restoreAllMocks();
});

interface ContainerInputs {
  uploads: { file: string; content: string; permissions: string }[];
  networksAdvanced: { name: string; ipv4Address: string }[];
  [key: string]: unknown;
}

function agentOf(inputs: unknown): Record<string, unknown> {
  return JSON.parse((inputs as ContainerInputs).uploads[0]!.content) as Record<string, unknown>;
}

describe.each([false, true])("in a preview: %s", (preview) => {
  test("SerfImage names the image by its content, relative to the project", async () => {
    const args = {
      prefix: "serf-test",
      labels,
      serfVersion: "0.11.0",
      generationOf: (name: string) => `of ${name}`,
    };
    const images = async (builderImage: string | undefined) => {
      const { declared, returned } = await declare(
        () => new SerfImage("image", { ...args, builderImage, runtimeImage: undefined }).ref,
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

  test("Seed has the fixed address, publishes gossip and joins itself alone", async () => {
    const { declared, returned } = await declare(
      () => {
        const seed = new Seed("seed", {
          ...place,
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
      uploads: [{ file: "/etc/serf/agent.json", permissions: "0440" }],
    });
    expect(inputs).not.toHaveProperty("command");
    expect(inputs).not.toHaveProperty("envs");
    expect(inputs["labels"]).toContainEqual({ label: "serf.generation", value: "second" });
    expect(agentOf(inputs)).toMatchObject({
      retry_join: ["10.9.0.2"],
      tags: { role: "seed", rack: "7" },
    });
  });

  test("Joiners are made by one command, and removed before the network", async () => {
    const { declared } = await declare(
      () =>
        new Joiners("joiners", {
          ...place,
          network: clusterNetwork(),
          joinAddress: pulumi.output("10.9.0.2"),
          found: [],
          joiners: [
            { name: "serf-test-joiner-1", address: "10.9.0.3", generation: "first" },
            { name: "serf-test-joiner-2", address: "10.9.0.4", generation: "second" },
          ],
        }),
      { preview },
    );
    const { inputs } = ofType(declared, types.command)["joiners"]!;
    expect(inputs).toMatchObject({ addPreviousOutputInEnv: false });
    expect(inputs).not.toHaveProperty("environment");
    expect(JSON.parse(inputs["stdin"] as string)).toEqual({
      image: "serf-test:1",
      network: { name: "serf-test", generation: "first" },
      labels,
      join: ["10.9.0.2"],
      tags: { role: "joiner", rack: "7" },
      joiners: [
        { name: "serf-test-joiner-1", address: "10.9.0.3", generation: "first" },
        { name: "serf-test-joiner-2", address: "10.9.0.4", generation: "second" },
      ],
    });
    const { inputs: removal } = ofType(declared, types.command)["joiners-removal"]!;
    expect(removal).toMatchObject({ stdin: JSON.stringify({ labels, image: "serf-test:1" }) });
    expect(removal).not.toHaveProperty("create");
    if (!preview) expect(removal["triggers"]).toEqual(["network-id"]);
  });

  test("HostAgent starts anew when no agent lives, and stays when one does", async () => {
    const args = {
      memberName: "serf-test-host",
      address: "10.9.0.1",
      dir: ".serf/host/test",
      image: "serf-test:1",
      join: "127.0.0.1:7946",
      rpcPort: 7373,
      tags: {},
      labels,
      timeout: 60,
    };
    const living = vi.spyOn(agentProcess, "livingAgent");
    const input = async () => {
      const { declared } = await declare(() => new HostAgent("host", args), { preview });
      const { inputs } = ofType(declared, types.command)["host"]!;
      expect(inputs).toMatchObject({ addPreviousOutputInEnv: false });
      const { SERF_HOST_AGENT } = inputs["environment"] as { SERF_HOST_AGENT: string };
      return JSON.parse(SERF_HOST_AGENT) as Record<string, unknown>;
    };
    living.mockReturnValue({ pid: 1, born: "x", generation: "first" });
    expect(await input()).toMatchObject({
      generation: "first",
      dir: ".serf/host/test",
      join: "127.0.0.1:7946",
      rpcAddress: "127.0.0.1:7373",
      tags: { role: "host" },
    });
    living.mockReturnValue(undefined);
    expect((await input())["generation"]).not.toBe("first");
  });
});

test("Convergence outputs what the gate printed, and nothing in a preview", async () => {
  const program = () =>
    new Convergence("convergence", {
      expected: [],
      views: [],
      formerHostAgentDir: undefined,
      timeout: 60,
      incarnations: ["a"],
    }).members;
  expect((await declare(program)).returned).toEqual([{ name: "a" }]);
  expect((await declare(program, { preview: true })).returned).toBeUndefined();
});
