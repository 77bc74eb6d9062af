import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { configurationsIn, labelsIn, ofType, stateOf, told, types } from "./support/mocks.ts";

import { deploy, engine, generationsIn, member, names } from "./support/program.ts";

describe("a stack that is up", () => {
  const joiners = [
    // Joiners keep the addresses that they have.
    member("joiner", "joiner-1", "172.30.0.9"),
    member("joiner", "joiner-2", "172.30.0.4"),
  ];
  const list = (generation: string) => [{ label: "serf.generation", value: generation }];
  const owner = { label: "serf.owner", value: "anna" };
  const [type, name, seed] = member("seed", "seed", "172.30.0.2").recorded;
  const state = stateOf([
    [type, name, { ...seed, ports: [{ external: 32768 }] }],
    ...joiners.map(({ recorded }) => recorded),
    [types.network, "network", { name: "serf-test", labels: list("2") }],
    [types.volume, "lease", { name: "serf-test-lease", labels: [...list("1"), owner] }],
    [types.volume, "storage-config", { name: "serf-test-config", labels: list("3") }],
    [types.volume, "storage-data", { name: "serf-test-data", labels: list("5") }],
    ["serf:cluster:Storage", "storage", { generation: "6" }],
    ["serf:cluster:HostAgent", "host", { generation: "7" }],
    ["serf:cluster:Seed", "seed", { endpoint: "127.0.0.1:32768" }],
    [
      "serf:cluster:SerfImage",
      "image",
      { builder: "client", standInBuilder: "own/go:1", standInRuntime: "own/base:1" },
    ],
  ]);
  const config = { joiners: "2", gossipPort: "auto" };
  const asRecorded = {
    ...{ network: "2", lease: "1", "storage-config": "3", "storage-data": "5" },
    ...{ seed: "4", "joiner-1": "4", "joiner-2": "4" },
  };

  describe("in a preview without an engine", () => {
    beforeEach(() => {
      engine.isReached = false;
      vi.stubEnv("SERF_BUILDER_IMAGE", "another/go:1");
    });
    const preview = () => deploy({ preview: true, config, state });

    test("is declared with exactly the recorded generations and addresses", async () => {
      const { declared, outputs } = await preview();
      expect(generationsIn(declared)).toEqual(asRecorded);
      expect(outputs["joiners"]).toEqual([
        { name: "serf-test-joiner-1", ip: "172.30.0.9" },
        { name: "serf-test-joiner-2", ip: "172.30.0.4" },
      ]);
      expect(outputs["seed"]).toMatchObject({ endpoint: "127.0.0.1:32768" });
    });

    test("has the recorded builder and base images, not those of this machine", async () => {
      const { declared } = await preview();
      expect(told(declared, "image-build")).toMatchObject({
        buildArgs: { BUILDER_IMAGE: "own/go:1", RUNTIME_IMAGE: "own/base:1" },
      });
    });

    test("has a provider that does not contact the engine, and shows no change of the provider", async () => {
      const { declared } = await preview();
      const providers = ofType(declared, types.provider);
      expect(Object.keys(providers)).toEqual(["default-engine"]);
      expect(providers["default-engine"]!.inputs).toMatchObject({ host: "ssh://offline.invalid" });
    });

    test("shows what the configuration changes", async () => {
      const other = { ...config, joiners: "3" };
      const { declared } = await deploy({ preview: true, config: other, state });
      expect(generationsIn(declared)).toEqual({ ...asRecorded, "joiner-3": "1" });
    });
  });

  test("is created again completely when the engine has nothing of it", async () => {
    const { declared } = await deploy({ config, state });
    expect(generationsIn(declared)).toEqual({
      ...{ network: "3", lease: "2", "storage-config": "4", "storage-data": "6" },
      ...{ seed: "5", "joiner-1": "5", "joiner-2": "5" },
    });
    expect(configurationsIn(declared, "joiners").generation).toBe("7");
    const { host } = ofType(declared, types.provider)["default-engine"]!.inputs;
    expect(host).toBeUndefined();
  });

  test("is built by the docker client as before, whatever the environment names now", async () => {
    const { declared } = await deploy({ config, state });
    expect(names(declared, types.command)).toContain("image-build");
  });

  test("keeps its owner, whoever runs the program, unless another is configured", async () => {
    vi.stubEnv("GITHUB_ACTOR", "berta");
    const ownerIn = async (configured: object) => {
      const { declared } = await deploy({ config: { ...config, ...configured }, state });
      return labelsIn(ofType(declared, types.volume)["lease"]!)["serf.owner"];
    };
    expect(await ownerIn({})).toBe("anna");
    expect(await ownerIn({ owner: "team" })).toBe("team");
  });

  test("has the same declaration whenever the same is found", async () => {
    const [one, other] = [await deploy({ config, state }), await deploy({ config, state })];
    expect(other.declared).toEqual(one.declared);
  });
});

describe("a stack without a configuration", () => {
  const automatic = { subnet: "auto", gossipPort: "auto", rpcPort: "auto" };
  const places = ({ outputs }: Awaited<ReturnType<typeof deploy>>) => outputs["seed"];

  test("chooses by its name in a preview without an engine", async () => {
    engine.isReached = false;
    expect(places(await deploy({ preview: true, config: automatic }))).toEqual({
      name: "serf-test-seed",
      ip: "10.83.129.2",
      endpoint: "127.0.0.1:23129",
    });
  });

  test("chooses what is free, in a preview as in an up", async () => {
    vi.stubEnv("XDG_CACHE_HOME", mkdtempSync(join(tmpdir(), "serf-cache-")));
    engine.taken = { subnets: ["10.83.129.0/24"], ports: new Set([23129, 24129]) };
    for (const preview of [true, false]) {
      const deployment = await deploy({ preview, config: automatic });
      expect(places(deployment)).toMatchObject({
        ip: "10.83.130.2",
        endpoint: "127.0.0.1:23130",
      });
      const lease = ofType(deployment.declared, types.volume)["lease"]!;
      expect(labelsIn(lease)["serf.ports"]).toBe("23130,24130");
    }
    rmSync(process.env["XDG_CACHE_HOME"]!, { recursive: true });
  });
});
