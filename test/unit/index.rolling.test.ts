import { describe, expect, test, vi } from "vitest";
import { type Declared, ofType, stateOf, told, types } from "./support/mocks.ts";

import { deploy, engine, member, names, nothing, watch } from "./support/program.ts";

describe("with maxUnavailable", () => {
  const config = { joiners: "2", maxUnavailable: "2", convergenceTimeout: "9" };
  const place = { labels: { "serf.project": "serf", "serf.stack": "test" }, timeout: 9 };
  const rolling = {
    ...place,
    maxUnavailable: 2,
    engines: [],
    seed: { name: "serf-test-seed", address: "172.30.0.2" },
    host: {
      name: "serf-test-host",
      address: "172.30.0.1",
      dir: ".serf/host/test",
      view: {
        kind: "host",
        name: "serf-test-host",
        dir: ".serf/host/test",
        rpcPort: 7373,
      },
      port: 7946,
    },
  };

  test("each image is tried before anything is created from it, and new members do not wait", async () => {
    const groups = '{"web":{"count":1,"serfVersion":"0.10.4"}}';
    const { declared } = await deploy({ config: { ...config, groups } });
    const { declared: plain } = await deploy({ config: { joiners: "2", groups } });
    const added = new Set(names(declared, types.command)).difference(
      new Set(names(plain, types.command)),
    );
    expect([...added]).toEqual(["image-trial", "image-web-trial"]);
    const images = ofType(declared, types.image);
    for (const name of ["image", "image-web"]) {
      const image = images[name]!.inputs["name"];
      const limits = { memory: 128, cpus: 1 };
      expect(told(declared, `${name}-trial`)).toEqual({ ...place, image, limits });
    }
    const steps = ["image-trial", "storage", "seed"];
    const order = declared
      .filter(({ type }) => [types.command, types.container].includes(type))
      .map(({ name }) => name);
    expect(order.filter((name) => steps.includes(name))).toEqual(steps);
    expect(watch).not.toHaveBeenCalled();
  });

  const members = [
    member("seed", "seed", "172.30.0.2"),
    member("joiner", "joiner-1", "172.30.0.3"),
    member("joiner", "joiner-2", "172.30.0.4"),
  ];
  const look = {
    inventory: { ...nothing.inventory, containers: members.map(({ found }) => found) },
  };
  const endpoint = { endpoint: "127.0.0.1:7946" };
  const running = {
    look,
    state: stateOf([
      ...members.map(({ recorded }) => recorded),
      ["serf:cluster:Seed", "seed", endpoint],
    ]),
  };

  /** All members always see all others alive. */
  function letAllBeAlive(): void {
    const names = ["seed", "joiner-1", "joiner-2", "host"].map((name) => `serf-test-${name}`);
    const seen = new Map(names.map((name) => [name, { status: "alive" as const }]));
    vi.mocked(watch).mockImplementation(async (_, __, decide) => {
      const present = names.map((name) => ({ name, address: "", isRunning: true }));
      return await decide({ present, looks: [{ viewer: "serf-test-seed", seen }] });
    });
  }

  test("running members wait for their turn, the joiners before the seed, a few at a time", async () => {
    engine.look = running.look;
    letAllBeAlive();
    const { state } = running;
    const { declared } = await deploy({ config, state });
    const containers = declared.filter(({ type }) => type === types.container);
    expect(containers.map(({ name }) => name)).toEqual(["joiner-1", "joiner-2", "seed"]);
    expect(containers.map(({ inputs }) => inputs["name"])).toEqual([
      "serf-test-joiner-1",
      "serf-test-joiner-2",
      "serf-test-seed",
    ]);
    const steps = vi.mocked(watch).mock.calls.filter(([, also]) => also.length > 0);
    expect(steps.map(([, also]) => also)).toEqual([
      // New, since its process does not run, so it comes before all that are replaced.
      ["serf-test-host"],
      ["serf-test-joiner-1", "serf-test-joiner-2"],
      ["serf-test-seed"],
    ]);
    for (const [told] of vi.mocked(watch).mock.calls) expect(told).toEqual(rolling);
  });

  test("if too many members stay down, the program fails and the waiting ones are not touched", async () => {
    engine.look = running.look;
    letAllBeAlive();
    const alive = vi.mocked(watch).getMockImplementation()!;
    vi.mocked(watch).mockImplementation(async (rolling, also, decide) =>
      also.length > 0
        ? await alive(rolling, also, decide)
        : await decide({
            present: ["seed", "joiner-1", "joiner-2"].map((name) => ({
              ...{ name: `serf-test-${name}`, address: "", isRunning: true },
            })),
            looks: ["seed", "joiner-1"].map((name) => ({
              ...{ viewer: `serf-test-${name}`, seen: undefined },
            })),
          }),
    );
    const declared: Declared[] = [];
    await expect(deploy({ config, state: running.state }, declared)).rejects.toThrow(
      /joiner-1.*were not replaced: .*maxUnavailable is 2/,
    );
    expect(names(declared, types.container)).toEqual([]);
  });

  test("in a preview no member waits", async () => {
    engine.look = running.look;
    vi.mocked(watch).mockRejectedValue(new Error("a preview must not look at the cluster"));
    const { declared } = await deploy({ preview: true, config, state: running.state });
    expect(names(declared, types.container)).toEqual(["joiner-1", "joiner-2", "seed"]);
    for (const { name, inputs } of Object.values(ofType(declared, types.container))) {
      expect(inputs["name"]).toBe(`serf-test-${name}`);
    }
    expect(ofType(declared, types.command)["host"]!.inputs["create"]).toMatch(
      /hostAgent.ts start$/,
    );
    expect(watch).not.toHaveBeenCalled();
  });

  test("a host that does not join is not waited for", async () => {
    engine.look = running.look;
    letAllBeAlive();
    await deploy({ config: { ...config, hostAgent: "false" }, state: running.state });
    for (const [told, also] of vi.mocked(watch).mock.calls) {
      expect(told).not.toHaveProperty("host");
      expect(also).not.toContain("serf-test-host");
    }
  });

  test("the host's agent in a container is asked in that container", async () => {
    engine.look = running.look;
    letAllBeAlive();
    await deploy({ config: { ...config, hostAgentIn: "container" }, state: running.state });
    expect(vi.mocked(watch).mock.calls[0]![0].host).toMatchObject({
      view: { kind: "container", name: "serf-test-host" },
    });
  });

  test("without maxUnavailable no member waits", async () => {
    engine.look = running.look;
    const { state } = running;
    const { declared } = await deploy({ config: { joiners: "2" }, state });
    expect(names(declared, types.container)).toEqual(["joiner-1", "joiner-2", "seed"]);
    expect(watch).not.toHaveBeenCalled();
  });
});
