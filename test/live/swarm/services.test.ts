import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { obstacleToHosts } from "../support/hosts/site.ts";
import { Project } from "../support/project.ts";
import type { BedEngine } from "./bed/bedEngine.ts";
import { BedStack } from "./bedStack.ts";
import { SwarmBed } from "./bed/swarmBed.ts";

// The tests run in order on one stack, whose services run on a bed of three engines.

const stack = "e2e-swarm";
const noChange = /Resources:\s+\d+ unchanged/;

describe.skipIf(obstacleToHosts() !== undefined)("a stack of services on three engines", () => {
  const project = new Project(900_000);
  const onBed = new BedStack(project, stack);
  let bed: SwarmBed;

  beforeAll(async () => {
    bed = await SwarmBed.start({ engines: 3, managers: 1 });
    configure({});
    // Shows in the log of a run that fails here.
    console.log(await project.succeed("start", "--stack", stack));
  });

  afterAll(async () => {
    await project.remove();
    await bed.stop();
  });

  function configure(more: Readonly<Record<string, unknown>>): void {
    project.configure(stack, {
      ...({ subnet: "auto", gossipPort: "auto", rpcPort: "auto" } as const),
      ...{ swarm: "services", registry: `${bed.registry}/serf`, registryInsecure: true },
      ...{ dockerHost: bed.manager.dockerHost, convergenceTimeout: 180 },
      ...{ joiners: 4, groups: { web: { count: 2, tags: { rack: "a7" } } } },
      ...more,
    });
  }

  const whole = { seed: 1, host: 3, joiner: 4, web: 2 };

  test("start returns when the cluster has formed on all nodes", async () => {
    expect(await onBed.count()).toEqual(whole);
    const found = await onBed.members();
    expect(new Set(found.map(({ tags }) => tags["host"]))).toEqual(
      new Set(bed.engines.map(({ name }) => name)),
    );
    const slots = found.filter(({ tags }) => tags["rack"] === "a7").map(({ tags }) => tags["slot"]);
    expect(slots.sort()).toEqual(["1", "2"]);
  });

  test("the cluster looks the same from another node", async () => {
    const other = bed.engines[2]!;
    const [id] = (
      await other.docker(["ps", "--quiet", "--filter", `label=serf.stack=${stack}`])
    ).split("\n");
    const seen = await other.docker(["exec", id!, "serf", "members", "-status=alive"]);
    expect(seen.trim().split("\n")).toHaveLength(10);
  });

  test("a second preview changes nothing, also after a refresh", async () => {
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
    const refreshed = ["preview", "--refresh", "--stack", stack];
    expect(await project.succeed("pulumi", ...refreshed)).toMatch(noChange);
    const { code, output } = await project.run("drift", "--stack", stack);
    expect(output).toContain("nothing differs");
    expect(code).toBe(0);
  });

  test("outputs, events and queries are as on one engine", async () => {
    const printed = await project.succeed("pulumi", "stack", "output", "--json", "--stack", stack);
    const outputs = JSON.parse(printed) as Record<string, unknown>;
    expect(outputs["joiners"]).toHaveLength(6);
    expect(outputs["seed"]).toMatchObject({ name: expect.stringMatching(/-seed\.1\./) as string });
    const query = ["query", "--stack", stack, "load"];
    expect(await project.succeed(...(query as [string, ...string[]]))).toContain("10 of 10");
    await project.succeed("event", "--stack", stack, "deploy", "v2");
  });

  test("scaling up restarts nothing, and members that are scaled down leave", async () => {
    const before = new Set((await onBed.members()).map(({ name }) => name));
    configure({ joiners: 9 });
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual({ ...whole, joiner: 9 });
    const after = new Set((await onBed.members()).map(({ name }) => name));
    expect([...before].filter((name) => !after.has(name))).toEqual([]);
    configure({});
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
  });

  test("a group runs on the nodes with its labels, and moves with them", async () => {
    const on = { groups: { web: { count: 2, tags: { rack: "a7" }, on: { disk: "ssd" } } } };
    const label = (option: string, { name }: BedEngine) =>
      bed.manager.docker(["node", "update", ...option.split(" "), name]);
    const hostsOfWeb = async () =>
      (await onBed.members())
        .filter(({ status, tags }) => status === "alive" && tags["role"] === "web")
        .map(({ tags }) => tags["host"]);
    const [, second, third] = bed.engines as [BedEngine, BedEngine, BedEngine];

    configure(on);
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toContain('groups.web.on is {"disk":"ssd"}, but no node of the Swarm has these');

    await label("--label-add disk=ssd", second);
    await project.succeed("start", "--stack", stack);
    expect(await hostsOfWeb()).toEqual([second.name, second.name]);
    const refreshed = ["preview", "--refresh", "--stack", stack];
    expect(await project.succeed("pulumi", ...refreshed)).toMatch(noChange);

    await label("--label-add disk=ssd", third);
    await label("--label-rm disk", second);
    await vi.waitFor(
      async () => {
        expect(await onBed.count()).toMatchObject(whole);
        expect(await hostsOfWeb()).toEqual([third.name, third.name]);
      },
      { timeout: 60_000, interval: 1000 },
    );

    configure({});
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
  });

  test("what was removed from the Swarm shows as drift, and is created again", async () => {
    await bed.manager.docker(["service", "rm", `serf-${stack}-web`]);
    expect((await project.run("drift", "--stack", stack)).code).toBe(1);
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
  });

  test("a service that was updated by hand with --force is left as it is", async () => {
    const names = async () => (await onBed.members()).map(({ name }) => name).sort();
    const before = await names();
    await bed.manager.docker(["service", "update", "--force", "--detach", `serf-${stack}-web`]);
    await vi.waitFor(
      async () => {
        expect(await onBed.count()).toEqual(whole);
        expect(await names()).not.toEqual(before);
      },
      { timeout: 60_000, interval: 1000 },
    );
    const forced = await names();
    await project.succeed("start", "--stack", stack);
    expect(await names()).toEqual(forced);
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
  });

  test("two clusters show as drift, and the next start makes them one", async () => {
    const joiners = async () =>
      (await onBed.members())
        .filter(({ status }) => status === "alive")
        .filter(({ tags }) => tags["role"] === "joiner" || tags["role"] === "web")
        .map(({ name }) => name)
        .sort();
    const before = await joiners();
    // The new tasks of these find each other, and nobody who knows the joiners.
    await onBed.kill(bed.engines, ["seed", "host"]);
    await onBed.becomes({ seed: 1, host: 3 }, 60);
    const drift = await project.run("drift", "--stack", stack);
    expect(drift.output).toContain(before[0]);
    expect(drift.code).toBe(1);
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
    expect(await joiners()).toEqual(before);
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
  });

  test("the key rotates while the members run, and new tasks start with it", async () => {
    configure({ keyRotation: 1 });
    const output = await project.succeed("start", "--stack", stack);
    expect(output).toContain("The gossip key has rotated; every member uses the new one.");
    expect(await onBed.count()).toEqual(whole);
    expect(await onBed.keysSeenOn(bed.manager)).toContain("[10/10]");
  });

  test.each([
    ["an image that does not work", "docker/task", "set -eu", "echo does not work >&2\nexit 3"],
    ["a configuration that Serf refuses", "lib/agents/config.ts", "retry_join:", "no_such_key:"],
  ])("%s is set back, and the next good one is taken", async (_, file, text, bad) => {
    const before = (await onBed.members()).length;
    const good = project.read(file);
    project.write(file, good.replace(text, bad));
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toContain("Swarm has refused the change");
    expect(output).toMatch(/does not work|no_such_key/);
    expect(await onBed.members()).toHaveLength(before);
    expect(await onBed.count()).toEqual(whole);
    const drift = await project.run("drift", "--stack", stack);
    expect(drift.code).toBe(1);
    project.write(file, good);
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
  });

  test("a lost node's members run elsewhere, and nobody stays behind in the list", async () => {
    const [, second, third] = bed.engines as [BedEngine, BedEngine, BedEngine];
    const [onSecond, onThird] = [await onBed.countOn(second), await onBed.countOn(third)];
    const lost = onSecond > onThird ? second : third;
    const moved = Math.max(onSecond, onThird) - 1;
    expect(moved).toBeGreaterThan(0);
    await lost.kill();
    // The host's agent of the lost node fails, and stays in the list: nobody takes its place.
    const elsewhere = { seed: 1, host: 2, joiner: 4, web: 2, failed: 1 };
    const seconds = await onBed.becomes(elsewhere, 40);
    console.log(`whole without the lost node of ${moved} members after ${seconds.toFixed(1)} s`);
    await lost.restart();
    console.log(`whole with it after ${(await onBed.becomes(whole, 60)).toFixed(1)} s`);
  });

  test("a node that is cut off and healed gives one cluster without duplicates", async () => {
    const cut = bed.engines[2]!;
    await cut.cut();
    await onBed.becomes({ seed: 1, host: 2, joiner: 4, web: 2, failed: 1 }, 180);
    await cut.heal();
    console.log(`whole after healing ${(await onBed.becomes(whole, 60)).toFixed(1)} s`);
    await project.succeed("start", "--stack", stack);
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
  });

  test("stop leaves nothing on any node", async () => {
    const output = await project.succeed("stop", "--stack", stack);
    expect(output).not.toContain("leftovers");
    for (const engine of bed.engines) expect(await onBed.remainsOn(engine)).toBe("");
    for (const kind of ["service", "secret", "config"]) {
      expect(await bed.manager.docker([kind, "ls", "--quiet"])).toBe("");
    }
  });
});
