import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { run } from "../../../lib/host/run.ts";
import { runtimeImage } from "../../../setup/parts/baseImages.ts";
import { toolchain } from "../../../setup/toolchain.ts";
import { obstacleToHosts } from "../support/hosts/site.ts";
import { processesIn, processesNaming, tracesOf } from "../support/hosts/traces.ts";
import type { BedEngine } from "./bed/bedEngine.ts";
import { bedFolder, bedNetwork } from "./bed/plan.ts";
import { ask } from "./bed/registry.ts";
import { SwarmBed } from "./bed/swarmBed.ts";

// The tests run in order on one bed, which one of them stops.

const network = "mesh";
const service = "web";

describe.skipIf(obstacleToHosts() !== undefined)("a bed of three engines", () => {
  let bed: SwarmBed;

  beforeAll(async () => {
    await SwarmBed.clean();
    expect(await tracesOf(bedNetwork)).toEqual([]);
    bed = await SwarmBed.start({ engines: 3, managers: 1 });
  });

  afterAll(async () => {
    await bed.stop();
  });

  /** The status of an engine's node, as the manager sees it. */
  async function statusOf(engine: BedEngine): Promise<string | undefined> {
    return (await bed.nodes()).find(({ name }) => name === engine.name)?.status;
  }

  async function becomes(engine: BedEngine, status: string): Promise<void> {
    await vi.waitFor(async () => expect(await statusOf(engine)).toBe(status), {
      timeout: 60_000,
      interval: 500,
    });
  }

  /** The names of the engines whose tasks answer the task on an engine. */
  async function reachedFrom(engine: BedEngine): Promise<string[]> {
    const names: string[] = [];
    for (const other of bed.engines) {
      const address = await addressOn(other);
      const get = ["timeout", "5", "wget", "-q", "-O-", `http://${address}:8080/`];
      names.push((await engine.docker(["exec", await taskOn(engine), ...get])).trim());
    }
    return names;
  }

  async function allReachEachOther(): Promise<void> {
    const names = bed.engines.map(({ name }) => name);
    for (const engine of bed.engines) {
      await vi.waitFor(async () => expect(await reachedFrom(engine)).toEqual(names), {
        timeout: 90_000,
        interval: 500,
      });
    }
  }

  test("they are nodes of one Swarm, and answer by tcp:// and unix:// on this machine", async () => {
    expect(await bed.nodes()).toEqual([
      { name: "serf-bed-1", status: "Ready", availability: "Active", manager: "Leader" },
      { name: "serf-bed-2", status: "Ready", availability: "Active", manager: "" },
      { name: "serf-bed-3", status: "Ready", availability: "Active", manager: "" },
    ]);
    const info = ["info", "--format", "{{.Name}} {{.ID}}"];
    const answers = await Promise.all(
      bed.engines.map(async ({ name, dockerHost, socketHost }) => {
        const answer = await run("docker", ["--host", dockerHost, ...info]);
        expect(answer).toBe(await run("docker", ["--host", socketHost, ...info]));
        expect(answer).toMatch(new RegExp(`^${name} `));
        return answer;
      }),
    );
    expect(new Set(answers).size).toBe(3);
  });

  test("a label is on the node", async () => {
    await bed.label(bed.engines[1]!, { disk: "ssd" });
    const labels = ["node", "inspect", "--format", "{{json .Spec.Labels}}", "serf-bed-2"];
    expect(JSON.parse(await bed.manager.docker(labels))).toEqual({ disk: "ssd" });
  });

  test("a service whose image is in the registry runs on each, and its tasks reach each other", async () => {
    const { env } = await toolchain();
    const image = await bed.publish(runtimeImage(env), "base");
    expect(image).toMatch(/^10\.214\.77\.2:5000\/base@sha256:[0-9a-f]{64}$/);
    expect(await ask("/v2/_catalog")).toEqual({ repositories: ["base"] });
    const attachable = ["--driver", "overlay", "--attachable"];
    await bed.manager.docker(["network", "create", ...attachable, network]);
    const serve = "hostname > /tmp/index.html; exec httpd -f -p 8080 -h /tmp";
    // Not every kernel has the load balancer that the other endpoint mode needs.
    const mode = ["--mode", "global", "--endpoint-mode", "dnsrr", "--network", network];
    const naming = ["--name", service, "--hostname", "{{.Node.Hostname}}"];
    await bed.manager.docker(
      ["service", "create", "--quiet", ...mode, ...naming, image, "sh", "-c", serve],
      180_000,
    );
    await allReachEachOther();
    const task = await taskOn(bed.manager);
    const found = await bed.manager.docker(["exec", task, "nslookup", `tasks.${service}`]);
    for (const engine of bed.engines) expect(found).toContain(await addressOn(engine));
  });

  test("a killed engine is down, and comes back with its tasks", async () => {
    const engine = bed.engines[1]!;
    await engine.kill();
    await expect(engine.docker(["version"])).rejects.toThrow();
    await becomes(engine, "Down");
    await engine.restart();
    await becomes(engine, "Ready");
    await allReachEachOther();
  });

  test("a cut engine is down while its task keeps running, and comes back when its link is mended", async () => {
    const engine = bed.engines[2]!;
    const task = await taskOn(engine);
    await engine.cut();
    await becomes(engine, "Down");
    expect(await taskOn(engine)).toBe(task);
    await engine.heal();
    await becomes(engine, "Ready");
    await allReachEachOther();
  });

  test("an engine that is restarted comes back as the same node", async () => {
    const engine = bed.engines[2]!;
    const id = ["info", "--format", "{{.ID}} {{.Swarm.NodeID}}"];
    const earlier = await engine.docker(id);
    await engine.restart();
    expect(await engine.docker(id)).toBe(earlier);
    await allReachEachOther();
  });

  test("only one can exist at a time", async () => {
    await expect(SwarmBed.start()).rejects.toThrow(
      `The process ${process.pid} has the site serf-bed; only one can exist at a time.`,
    );
  });

  test("stopped, it leaves nothing", async () => {
    const namespaces = await Promise.all(
      bed.engines.map(async (engine) =>
        (await engine.run("readlink", ["/proc/self/ns/pid"])).trim(),
      ),
    );
    for (const namespace of namespaces) {
      // The first process, its sleep, the engine, its containerd, a task's shim.
      expect(processesIn(namespace).length).toBeGreaterThanOrEqual(5);
    }
    // The bridge, a link for each host, addresses, rules, control groups, the folder.
    expect((await tracesOf(bedNetwork)).length).toBeGreaterThanOrEqual(12);
    await bed.stop();
    for (const namespace of namespaces) expect(processesIn(namespace)).toEqual([]);
    expect(processesNaming(`${bedFolder}/`)).toEqual([]);
    expect(await tracesOf(bedNetwork)).toEqual([]);
    await bed.stop();
  });

  test("when its process is killed, its processes end, and the next start removes the rest", async () => {
    const module = resolve(import.meta.dirname, "bed/swarmBed.ts");
    const program = `
      const { SwarmBed } = await import(${JSON.stringify(module)});
      const bed = await SwarmBed.start({ engines: 1 });
      await bed.manager.docker(["network", "create", "--driver", "overlay", "--attachable", "mesh"]);
      process.kill(process.pid, "SIGKILL");`;
    const maker = run(process.execPath, ["--input-type=module", "--eval", program], {
      timeout: 240_000,
    });
    await expect(maker).rejects.toThrow(/Command failed/);
    await vi.waitFor(() => expect(processesNaming(`${bedFolder}/`)).toEqual([]), {
      timeout: 10_000,
    });
    expect(await tracesOf(bedNetwork)).not.toEqual([]);
    await SwarmBed.clean();
    expect(await tracesOf(bedNetwork)).toEqual([]);
  });
});

/** The ID of the container of the task on an engine. */
async function taskOn(engine: BedEngine): Promise<string> {
  const label = `label=com.docker.swarm.service.name=${service}`;
  const [id] = (await engine.docker(["ps", "--quiet", "--filter", label])).trim().split("\n");
  if (!id) throw new Error(`No task runs on ${engine.name}.`);
  return id;
}

/** The address of the task on an engine. */
async function addressOn(engine: BedEngine): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  return (await engine.docker(["inspect", "--format", format, await taskOn(engine)])).trim();
}
