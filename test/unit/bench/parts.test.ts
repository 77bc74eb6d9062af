import { describe, expect, test } from "vitest";
import { agents, configFiles } from "../../../bench/support/agents.ts";
import { childSeconds, runChild } from "../../../bench/support/child.ts";
import { composeFile, replicas, serviceEach } from "../../../bench/contenders/compose.ts";
import { configuration } from "../../../bench/contenders/ours.ts";
import { stackOf } from "../../../bench/contenders/terraform.ts";
import { parseOptions } from "../../../bench/options.ts";
import { best } from "../../../bench/measure/parallelism.ts";
import { isOfBench } from "../../../bench/support/ownership.ts";
import { composePeer, terraformPeer } from "../../../bench/support/peers.ts";
import { rotated } from "../../../bench/measure/rounds.ts";
import { engineContainer } from "../../../lib/containers/engineForm.ts";
import { programVersion } from "../../../setup/tools/goProgram.ts";

describe("options", () => {
  test("default to 3, 20 and 100 joiners and three rounds", () => {
    expect(parseOptions([])).toMatchObject({ sizes: [3, 20, 100], rounds: 3 });
    expect(parseOptions(["--large"]).sizes).toEqual([3, 20, 100, 200]);
    expect(parseOptions(["--only", "3,20", "--rounds=1", "--parallelism=4"])).toMatchObject({
      sizes: [3, 20],
      rounds: 1,
      parallelism: 4,
    });
    expect(parseOptions([]).contenders).toHaveLength(7);
    expect(parseOptions([]).profile).toBe("lan");
    expect(parseOptions(["--contender=limit", "--contender", "ours"]).contenders).toEqual([
      "limit",
      "ours",
    ]);
  });

  test.each([
    [["--only", "x"]],
    [["--only", "221"]],
    [["--rounds", "0"]],
    [["--fast"]],
    [["3"]],
    [["--contender", "us"]],
    [["--profile", "slow"]],
  ])("%j is refused with what is allowed", (args) => {
    expect(() => parseOptions(args)).toThrow(/allowed is|The options are/);
  });
});

describe("a contender's command", () => {
  test("its children's CPU seconds are the second line of `times`", () => {
    expect(childSeconds("0m0.01s 0m0.02s\n1m2.50s 0m0.25s\n")).toBe(62.75);
    expect(childSeconds("")).toBe(0);
  });

  test("returns its output, and includes it in the error when it fails", async () => {
    const { output, cpu } = await runChild([process.execPath, "-e", "console.log('a b')"]);
    expect(output).toBe("a b\n");
    expect(cpu).toBeGreaterThan(0);
    const failing = runChild([process.execPath, "-e", "console.error('why'); process.exit(3)"]);
    await expect(failing).rejects.toThrow(/exited with 3:\nwhy/);
  });

  test("may have other exit codes for success, and fails if the program does not exist", async () => {
    await runChild(["sh", "-c", "exit 2"], { success: [0, 2] });
    await expect(runChild(["/no/such/program"])).rejects.toThrow(/exited with 127/);
  });
});

describe("the declared cluster", () => {
  test("has the second address for the seed, and the next ones for the joiners", () => {
    const [seed, ...joiners] = agents("x", 2, "lan");
    expect(seed).toMatchObject({ name: "x-seed", address: "10.213.1.2", isSeed: true });
    expect(joiners.map(({ address }) => address)).toEqual(["10.213.1.3", "10.213.1.4"]);
    expect(joiners[1]!.container).toMatchObject({
      command: ["joiner.json", "-node=x-joiner-2", "-bind=10.213.1.4:7946"],
      environment: ["GOMAXPROCS=1", "SERF_DATA=/var/lib/serf/x-joiner-2"],
    });
    const files = new Map(configFiles());
    expect(JSON.parse(files.get("joiner.json")!)).toMatchObject({ retry_join: ["10.213.1.2"] });
  });

  test("has that many joiners with Compose, and with Terraform, which sets each one's name and address", () => {
    expect(composeFile(replicas, 20, "lan")).toMatchObject({
      services: { joiner: { scale: 20 } },
    });
    expect(composeFile(serviceEach, 20, "lan")).toMatchObject({
      services: { "joiner-20": { networks: { default: { ipv4_address: "10.213.1.22" } } } },
    });
    expect(stackOf(20, "/configs", "lan")).toMatchObject({
      resource: {
        docker_container: { joiner: { count: 20, volumes: [{ host_path: "/configs" }] } },
      },
    });
    expect(JSON.stringify(stackOf(20, "/configs", "lan"))).not.toContain("10.213.1.3");
  });

  test("limits its containers as ours does, with all contenders", () => {
    const ours = { memory: 128, processes: 128, securityOptions: ["no-new-privileges=true"] };
    const [seed] = agents("x", 0, "lan");
    expect(engineContainer(seed!.container, {}).HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      Memory: ours.memory * 2 ** 20,
      PidsLimit: ours.processes,
      SecurityOpt: ours.securityOptions,
    });
    expect(composeFile(serviceEach, 1, "lan")).toMatchObject({
      services: {
        "joiner-1": {
          image: "serf-benchmark:kept",
          read_only: true,
          mem_limit: "128m",
          memswap_limit: "128m",
          cpus: 1,
          pids_limit: ours.processes,
          security_opt: ours.securityOptions,
          stop_grace_period: "10s",
        },
      },
    });
    expect(stackOf(1, "/configs", "lan")).toMatchObject({
      resource: {
        docker_container: {
          joiner: {
            image: "serf-benchmark:kept",
            read_only: true,
            memory: ours.memory,
            memory_swap: ours.memory,
            cpu_quota: 100_000,
            security_opts: ours.securityOptions,
            stop_timeout: 10,
          },
        },
      },
    });
  });

  test("has agents of the same profile, with all contenders", () => {
    const all = [
      agents("x", 1, "wan"),
      composeFile(replicas, 1, "wan"),
      composeFile(serviceEach, 1, "wan"),
      stackOf(1, "/configs", "wan"),
    ];
    for (const wanted of all) {
      expect(JSON.stringify(wanted).match(/"-profile=wan"/g)).toHaveLength(2);
    }
    expect(configuration(1, false, "wan")).toContain('  serf:profile: "wan"\n');
  });

  test("has all values as strings in our configuration", () => {
    expect(configuration(20, false, "lan")).toContain('  serf:joiners: "20"\n');
    expect(configuration(20, false, "lan")).toContain('  serf:hostAgent: "false"\n');
  });
});

test("each round starts with another contender", () => {
  expect(rotated(["a", "b", "c"], 1)).toEqual(["b", "c", "a"]);
  expect(rotated(["a", "b", "c"], 3)).toEqual(["a", "b", "c"]);
  expect(rotated([], 1)).toEqual([]);
});

test("the best parallelism has the lowest median", () => {
  expect(
    best([
      { atOnce: 1, seconds: [5, 5] },
      { atOnce: 2, seconds: [3, 4] },
      { atOnce: 4, seconds: [1, 9] },
    ]),
  ).toBe(2);
});

test("the peers' versions come from their modules", () => {
  expect(programVersion(composePeer)).toMatch(/^v2\.\d+\.\d+$/);
  expect(programVersion(terraformPeer)).toMatch(/^v0\.0\.0-\d{14}-[0-9a-f]{12}$/);
});

describe("what the bench removes", () => {
  const stackLabels = { "serf.project": "serf", "serf.stack": "bench" };

  test.each([
    ["anything", { "serf.bench": "1" }],
    ["serf-bench-seed", stackLabels],
    ["serf-bench-joiner-7", stackLabels],
    ["serf-bench", stackLabels],
  ])("is %s with %j", (name, labels) => {
    expect(isOfBench({ name, labels })).toBe(true);
  });

  test.each([
    // A container inherits the labels of the image.
    ["x-7", stackLabels],
    ["serf-benchmark-seed", stackLabels],
    ["serf-bench-seed", {}],
    ["serf-bench-seed", { ...stackLabels, "serf.stack": "dev" }],
    ["serf-dev-seed", { "serf.project": "serf", "serf.stack": "dev" }],
  ])("is not %s with %j", (name, labels) => {
    expect(isOfBench({ name, labels })).toBe(false);
  });
});
