import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { obstacleToHosts } from "../support/hosts/site.ts";
import { Project } from "../support/project.ts";
import type { BedEngine } from "./bed/bedEngine.ts";
import { BedStack } from "./bedStack.ts";
import { SwarmBed } from "./bed/swarmBed.ts";

// The tests run in order on one stack, whose containers run on a bed of three engines.

const stack = "e2e-engines";
const noChange = /Resources:\s+\d+ unchanged/;
const labelsOf = ["hdd", "ssd", "ssd"];

describe.skipIf(obstacleToHosts() !== undefined)("a stack of containers on three engines", () => {
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

  function configure(more: Readonly<Record<string, unknown>>, count = 3): void {
    const engines = bed.engines.slice(0, count).map(({ dockerHost }, index) => ({
      ...{ name: "abc"[index]!, host: dockerHost, labels: { disk: labelsOf[index]! } },
    }));
    project.configure(stack, {
      ...({ subnet: "auto", gossipPort: "auto", rpcPort: "auto" } as const),
      ...{ engines, registry: `${bed.registry}/serf`, registryInsecure: true },
      ...{ convergenceTimeout: 120, joiners: 4 },
      groups: { web: { count: 2, tags: { rack: "a7" }, on: { disk: "ssd" } } },
      ...more,
    });
  }

  /** The stack's containers on an engine, by name, with their IDs. */
  async function containersOn(engine: BedEngine): Promise<Record<string, string>> {
    const list = await engine.docker([
      ...["ps", "--all", "--no-trunc", "--filter", `label=serf.stack=${stack}`],
      ...["--format", "{{.Names}} {{.ID}}"],
    ]);
    const lines = list.split("\n").filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  }

  /** Appends a blank to a file in the volume with the configurations of an engine, and returns its content. */
  async function editVolume(engine: BedEngine, file: string): Promise<string> {
    const [image] = (
      await engine.docker(["ps", "--filter", `label=serf.stack=${stack}`, "--format", "{{.Image}}"])
    ).split("\n");
    return await engine.docker([
      ...["run", "--rm", "--user", "root", "--entrypoint", "sh"],
      ...["--volume", `serf-${stack}-config-c:/config`, image!],
      ...["-c", `echo >> ${file} && cat ${file}`],
    ]);
  }

  /** What an engine has of the stack, with its images. */
  async function everythingOn(engine: BedEngine): Promise<string> {
    const images = await engine.docker([
      ...["image", "ls", "--quiet", "--filter", `label=serf.stack=${stack}`],
    ]);
    return `${await onBed.remainsOn(engine)}${images}`;
  }

  const whole = { seed: 1, host: 3, joiner: 4, web: 2 };

  test("start returns when the cluster has formed on all engines", async () => {
    expect(await onBed.count()).toEqual(whole);
    const [a, b, c] = await Promise.all(bed.engines.map(containersOn));
    const name = (what: string) => `serf-${stack}-${what}`;
    expect(Object.keys(a!)).toContain(name("seed"));
    expect(Object.keys(a!)).toContain(name("host-a"));
    expect(Object.keys(a!).filter((one) => one.includes("-web-"))).toEqual([]);
    expect(Object.keys(b!)).toContain(name("web-1"));
    expect(Object.keys(c!)).toContain(name("web-2"));
    const joiners = [a!, b!, c!].map(
      (all) => Object.keys(all).filter((one) => one.includes("-joiner-")).length,
    );
    expect(joiners.toSorted()).toEqual([1, 1, 2]);
  });

  test("the cluster looks the same from another engine", async () => {
    const seen = await bed.engines[2]!.docker([
      ...["exec", `serf-${stack}-host-c`, "serf", "members", "-status=alive"],
    ]);
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
    expect(outputs["seed"]).toMatchObject({ name: `serf-${stack}-seed` });
    expect(await project.succeed("query", "--stack", stack, "load")).toContain("10 of 10");
    await project.succeed("event", "--stack", stack, "deploy", "v2");
  });

  test("scaling touches no other member, and members that are scaled down leave", async () => {
    const before = await Promise.all(bed.engines.map(containersOn));
    configure({ joiners: 9 });
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual({ ...whole, joiner: 9 });
    configure({});
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
    expect(await Promise.all(bed.engines.map(containersOn))).toEqual(before);
  });

  test("members are replaced one at a time, over all engines", async () => {
    configure({ maxUnavailable: 1, limits: { memory: 96 } });
    const fewestAlive = onBed.watch();
    await project.succeed("start", "--stack", stack);
    expect(await fewestAlive()).toBe(9);
    expect(await onBed.count()).toEqual(whole);
    configure({});
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
  });

  test("the key rotates while the members run", async () => {
    const before = await Promise.all(bed.engines.map(containersOn));
    configure({ keyRotation: 1 });
    await project.succeed("start", "--stack", stack);
    expect(await Promise.all(bed.engines.map(containersOn))).toEqual(before);
    expect(await onBed.keysSeenOn(bed.engines[1]!)).toEqual(["[10/10]"]);
  });

  test("a container that was removed shows as drift, and is created again", async () => {
    configure({ keyRotation: 1 });
    await bed.engines[1]!.docker(["rm", "--force", `serf-${stack}-web-1`]);
    expect((await project.run("drift", "--stack", stack)).code).toBe(1);
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
  });

  test("a configuration that was edited on one engine shows as drift, and is written again", async () => {
    const container = `serf-${stack}-host-c`;
    const read = () =>
      bed.engines[2]!.docker(["exec", container, "cat", "/etc/serf/config/host.json"]);
    const before = await read();
    expect(await editVolume(bed.engines[2]!, "/config/host.json")).not.toBe(before);
    expect((await project.run("drift", "--stack", stack)).code).toBe(1);
    await project.succeed("start", "--stack", stack);
    expect(await read()).toBe(before);
    expect(await onBed.count()).toEqual(whole);
  });

  test("an engine that is killed brings its members back, with their names and addresses", async () => {
    const addresses = async () =>
      Object.fromEntries((await onBed.members()).map(({ name, address }) => [name, address]));
    const before = await addresses();
    await bed.engines[2]!.kill();
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toMatch(/The engine c is tcp:.*, but no Docker engine answers there/);
    await bed.engines[2]!.restart();
    const seconds = await onBed.becomes(whole, 30);
    console.log(`whole ${seconds.toFixed(1)} s after the engine was back`);
    expect(await addresses()).toEqual(before);
  });

  test("an engine that is cut off for a minute is healed to one cluster", async () => {
    await bed.engines[2]!.cut();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    await bed.engines[2]!.heal();
    const seconds = await onBed.becomes(whole, 60);
    console.log(`whole ${seconds.toFixed(1)} s after the link was mended`);
  });

  test("an engine that is taken out gives its members to the others", async () => {
    const smaller = { seed: 1, host: 2, joiner: 4, web: 2 };
    configure({ keyRotation: 1 }, 2);
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(smaller);
    expect(await everythingOn(bed.engines[2]!)).toBe("");
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
    configure({ keyRotation: 1 });
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual(whole);
  });

  test("an engine that is lost for good can be dropped", async () => {
    await bed.engines[2]!.kill();
    configure({ keyRotation: 1 }, 2);
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    const advice = /`npm run pulumi -- (state delete [^`]*)`/.exec(output)?.[1];
    await project.succeed("pulumi", ...advice!.split(" "));
    await bed.manager.docker(["node", "rm", "--force", bed.engines[2]!.name]);
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual({ seed: 1, host: 2, joiner: 4, web: 2 });
    expect(await project.succeed("preview", "--stack", stack)).toMatch(noChange);
  });

  test("stop leaves nothing on any of its engines", async () => {
    await project.succeed("stop", "--stack", stack, "--yes");
    const engines = bed.engines.slice(0, 2);
    expect(await Promise.all(engines.map(everythingOn))).toEqual(["", ""]);
  });
});
