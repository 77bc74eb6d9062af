import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { obstacleToHosts } from "../support/hosts/site.ts";
import { Project } from "../support/project.ts";
import type { BedEngine } from "./bed/bedEngine.ts";
import { BedStack } from "./bedStack.ts";
import { SwarmBed } from "./bed/swarmBed.ts";

// The tests run in order on one stack of services, on a Swarm with three managers.

const stack = "e2e-managers";
const noChange = /Resources:\s+\d+ unchanged/;

describe.skipIf(obstacleToHosts() !== undefined)("a Swarm with three managers", () => {
  const project = new Project(900_000);
  const onBed = new BedStack(project, stack);
  let bed: SwarmBed;

  beforeAll(async () => {
    bed = await SwarmBed.start({ engines: 3, managers: 3 });
  });

  afterAll(async () => {
    await project.remove();
    await bed.stop();
  });

  function configure(manager: BedEngine, more: Readonly<Record<string, unknown>> = {}): void {
    project.configure(stack, {
      ...({ subnet: "auto", gossipPort: "auto", rpcPort: "auto" } as const),
      ...{ swarm: "services", registry: `${bed.registry}/serf`, registryInsecure: true },
      ...{ dockerHost: manager.dockerHost, convergenceTimeout: 180, joiners: 4 },
      ...more,
    });
  }

  test("members are replaced one at a time", async () => {
    const maxUnavailable = 1;
    configure(bed.manager, { maxUnavailable });
    await project.succeed("start", "--stack", stack);
    expect(await onBed.count()).toEqual({ seed: 1, host: 3, joiner: 4 });
    const fewestAlive = onBed.watch("joiner");
    configure(bed.manager, { maxUnavailable, tags: { rack: "a7" } });
    await project.succeed("start", "--stack", stack);
    expect(await fewestAlive()).toBe(3);
    const tags = (await onBed.members()).map((member) => member.tags["rack"]);
    expect(new Set(tags)).toEqual(new Set(["a7"]));
    configure(bed.manager);
    await project.succeed("start", "--stack", stack);
  });

  test("without the manager that the stack names, a sentence says what helps", async () => {
    await bed.manager.kill();
    const { code, output } = await project.run("start", "--stack", stack);
    expect(code).not.toBe(0);
    expect(output).toMatch(/dockerHost of .* is tcp:.*, but no Docker engine answers there/);
    expect(output).toContain("Start that engine, or choose another.");
  });

  test("another manager goes on with the same stack, and rotates the key", async () => {
    const [, other] = bed.engines as [BedEngine, BedEngine];
    configure(other, { joiners: 6, keyRotation: 1 });
    // The state still names the lost manager.
    expect((await project.run("drift", "--stack", stack)).code).toBe(1);
    const output = await project.succeed("start", "--stack", stack);
    expect(output).toContain("The gossip key has rotated; every member uses the new one.");
    const found = await onBed.count();
    expect(found).toMatchObject({ seed: 1, host: 2, joiner: 6 });
    const again = await project.succeed("preview", "--stack", stack);
    expect(again).toMatch(noChange);
  });

  test("the lost manager comes back to the same cluster", async () => {
    await bed.manager.restart();
    const seconds = await onBed.becomes({ seed: 1, host: 3, joiner: 6 }, 60);
    console.log(`whole ${seconds.toFixed(1)} s after the manager was back`);
    expect(await onBed.keysSeenOn(bed.manager)).toEqual(["[10/10]"]);
    // Through it again, while the state names the other one.
    configure(bed.manager, { joiners: 6, keyRotation: 1 });
    await project.succeed("stop", "--stack", stack, "--yes");
    for (const engine of bed.engines) expect(await onBed.remainsOn(engine)).toBe("");
  });
});
