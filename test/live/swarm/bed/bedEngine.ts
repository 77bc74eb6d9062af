import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../../lib/host/run.ts";
import { eventually } from "../../support/hosts/eventually.ts";
import type { SimulatedHost } from "../../support/hosts/host.ts";
import { startService } from "../../support/hosts/service.ts";
import type { Site } from "../../support/hosts/site.ts";
import { bedFolder, engineConfig, engineEnvironment, type EnginePlan } from "./plan.ts";

/** A Docker engine on a simulated host. */
export class BedEngine {
  /** The name of its host, and of its node in the Swarm. */
  readonly name: string;
  readonly address: string;
  /** For clients on this machine and on the other hosts; without TLS. */
  readonly dockerHost: string;
  /** The same on this machine alone, and also while its link is cut. */
  readonly socketHost: string;
  readonly #plan: EnginePlan;
  readonly #host: SimulatedHost;

  private constructor(plan: EnginePlan, host: SimulatedHost) {
    this.#plan = plan;
    this.#host = host;
    this.name = plan.name;
    this.address = plan.address;
    this.dockerHost = `tcp://${plan.address}:2375`;
    this.socketHost = `unix://${plan.socket}`;
  }

  /** Starts a host with an engine, and returns when the engine answers. */
  static async start(site: Site, plan: EnginePlan): Promise<BedEngine> {
    const engine = new BedEngine(plan, await site.host(plan.name, plan.number));
    await engine.#startEngine();
    return engine;
  }

  /**
   * Runs the docker client with this engine.
   *
   * @param timeout milliseconds. Default: 60,000.
   */
  async docker(args: readonly string[], timeout = 60_000): Promise<string> {
    return await run("docker", ["--host", this.socketHost, ...args], { timeout });
  }

  /** Runs a program on its host. */
  async run(file: string, args: readonly string[]): Promise<string> {
    return await this.#host.run(file, args);
  }

  /** Kills the engine, its containers and everything else on its host at once, as when a machine loses its power. */
  async kill(): Promise<void> {
    await this.#host.kill();
  }

  /** Starts a killed engine, or reboots its host. Returns when the engine answers. */
  async restart(): Promise<void> {
    if (this.#host.isUp) await this.#shutDown();
    await this.#host.kill();
    await this.#host.start();
    await this.#startEngine();
  }

  /** Cuts the host's link. Its containers keep running. */
  async cut(): Promise<void> {
    await this.#host.cut();
  }

  /** Mends the host's link. */
  async heal(): Promise<void> {
    await this.#host.heal();
  }

  async #startEngine(): Promise<void> {
    const { name, dataRoot } = this.#plan;
    // Docker 20.10 derives its ID from a file there, which must survive a reboot.
    const identity = `${dataRoot}.etc`;
    await this.run("mkdir", ["-p", identity, "/etc/docker"]);
    await this.run("mount", ["--bind", identity, "/etc/docker"]);
    const file = join(bedFolder, `${name}.json`);
    writeFileSync(file, JSON.stringify(engineConfig(this.#plan, this.#host.cgroup)));
    await startService(this.#host, {
      command: ["dockerd", "--config-file", file],
      log: join(bedFolder, `${name}.dockerd.log`),
      env: engineEnvironment(process.env),
      answers: () => this.docker(["version"], 15_000),
    });
  }

  async #shutDown(): Promise<void> {
    const isThere = (path: string) =>
      this.run("test", ["-e", path]).then(
        () => true,
        () => false,
      );
    const pid = (await this.run("cat", ["/run/docker.pid"])).trim();
    await this.run("sh", ["-c", `kill ${pid}`]);
    await eventually(`The end of the engine on ${this.name}`, 60_000, async () =>
      (await isThere(`/proc/${pid}`)) ? undefined : true,
    );
  }
}
