import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { obstacleToHosts } from "../support/hosts/site.ts";
import { Project } from "../support/project.ts";
import { agentCost } from "./agentCost.ts";
import { BedStack } from "./bedStack.ts";
import { SwarmBed } from "./bed/swarmBed.ts";
import { gossipTimes } from "./gossipTimes.ts";
import { deployStack, removeStack } from "./stackDeploy.ts";

// The tests run in order. They print what they measure; docs/scale.md has the figures.

const noChange = /Resources:\s+\d+ unchanged/;
const ways = ["services", "engines"] as const;

describe.skipIf(obstacleToHosts() !== undefined)("many members on three engines", () => {
  const project = new Project(900_000);
  let bed: SwarmBed;

  beforeAll(async () => {
    bed = await SwarmBed.start({ engines: 3, managers: 1, entries: 16_384 });
  });

  afterAll(async () => {
    await project.remove();
    await bed.stop();
  });

  const nameOf = (way: string) => `e2e-${way}`;

  function configure(way: (typeof ways)[number], joiners: number): void {
    const engines = bed.engines.map(({ dockerHost }, index) => ({
      ...{ name: "abc"[index]!, host: dockerHost },
    }));
    project.configure(nameOf(way), {
      ...({ subnet: "auto", gossipPort: "auto", rpcPort: "auto" } as const),
      ...{ registry: `${bed.registry}/serf`, registryInsecure: true },
      ...{ convergenceTimeout: 300, joiners },
      ...(way === "engines"
        ? { engines }
        : { swarm: "services", dockerHost: bed.manager.dockerHost }),
    });
  }

  /** Brings a stack to a number of joiners, and prints how long it took until all were as declared. */
  async function start(way: (typeof ways)[number], joiners: number, what: string): Promise<string> {
    configure(way, joiners);
    const started = Date.now();
    const output = await project.succeed("start", "--stack", nameOf(way));
    print(`${way}: ${what}`, Date.now() - started);
    const onBed = new BedStack(project, nameOf(way));
    expect(await onBed.count()).toEqual({ seed: 1, host: 3, joiner: joiners });
    return output;
  }

  async function preview(way: (typeof ways)[number], what: string): Promise<void> {
    const started = Date.now();
    const output = await project.succeed("pulumi", "preview", "--stack", nameOf(way));
    print(`${way}: ${what}`, Date.now() - started);
    expect(output).toMatch(noChange);
  }

  async function cost(way: (typeof ways)[number], joiners: number): Promise<void> {
    const { processor, sent, memory } = await agentCost(bed.engines, nameOf(way), 40);
    const times = await gossipTimes(bed.engines[1]!, nameOf(way), joiners + 4);
    console.log(
      `${way}: a query reached half, 90 % and all after ${times.map(Math.round).join(", ")} ms`,
    );
    const exported = await project.succeed("pulumi", "stack", "export", "--stack", nameOf(way));
    const state = JSON.stringify(JSON.parse(exported));
    console.log(
      `${way}: an idle agent beside ${joiners + 3} others: ${processor.toFixed(2)} % of a processor, ` +
        `${sent.toFixed(0)} bytes/s, ${memory.toFixed(1)} MiB; the state: ${state.length} bytes`,
    );
  }

  function print(what: string, milliseconds: number): void {
    console.log(`${what}: ${(milliseconds / 1000).toFixed(1)} s`);
  }

  describe.each(ways)("as %s", (way) => {
    test("30 joiners", async () => {
      await start(way, 30, "up of 30 joiners");
      expect(await start(way, 30, "second up")).toMatch(noChange);
      await preview(way, "preview of 30");
      await cost(way, 30);
    });

    test("as docker stack deploy", async () => {
      const label = ["--filter", `label=serf.stack=${nameOf(way)}`];
      // Without --no-trunc there is no digest.
      const format = ["--no-trunc", "--format", "{{.Image}}"];
      const [image] = (await bed.engines[1]!.docker(["ps", ...label, ...format])).split("\n");
      await stop(way, "destroy of 30");
      for (const round of [1, 2]) {
        try {
          const seconds = await deployStack(bed, { joiners: 30, image: image! });
          print(`docker stack deploy of 30, round ${round}`, seconds * 1000);
        } finally {
          await removeStack(bed);
        }
        await start(way, 30, `up of 30, round ${round}`);
        await stop(way, "destroy of 30");
      }
    });

    test("10, 100 and 10 joiners", async () => {
      await start(way, 10, "up of 10");
      await start(way, 100, "10 to 100");
      await preview(way, "preview of 100");
      await cost(way, 100);
      await start(way, 10, "100 to 10");
      await stop(way, "destroy of 10");
    });
  });

  /** Destroys a stack, of which nothing is left on any engine then. */
  async function stop(way: (typeof ways)[number], what: string): Promise<void> {
    const started = Date.now();
    await project.succeed("stop", "--stack", nameOf(way), "--yes");
    print(`${way}: ${what}`, Date.now() - started);
    const onBed = new BedStack(project, nameOf(way));
    for (const engine of bed.engines) expect(await onBed.remainsOn(engine)).toBe("");
  }
});
