import { join } from "node:path";
import { docker } from "../../../../lib/host/run.ts";
import { claimEntries, releaseEntries } from "../../../../lib/neighbourTable/limits.ts";
import { Site } from "../../support/hosts/site.ts";
import { BedEngine } from "./bedEngine.ts";
import {
  bedFolder,
  bedNetwork,
  type BedSize,
  checkedSize,
  planEngine,
  registryAddress,
} from "./plan.ts";
import { startRegistry } from "./registry.ts";
import { formSwarm, type Node, nodesSeenBy } from "./swarm.ts";

/**
 * Several Docker engines on this machine that form a Swarm, and an image registry. Each engine is on a simulated host
 * with its own network, so that it can fail and be cut off like a machine. Needs root on Linux.
 *
 * Only one can exist at a time on a machine. When the process that created it dies, its processes end, and the next
 * start removes the rest.
 */
export class SwarmBed {
  readonly engines: readonly BedEngine[];
  /** `ADDRESS:PORT` of the registry, for the engines and for clients on this machine; without TLS. */
  readonly registry = registryAddress;
  readonly #site: Site;

  private constructor(site: Site, engines: readonly BedEngine[]) {
    this.#site = site;
    this.engines = engines;
  }

  /**
   * Starts the engines and the registry, and returns when all nodes of the Swarm are ready. Builds the registry if it is
   * not in the cache, which takes minutes.
   *
   * @throws Error with the reason when that is not possible on this machine.
   */
  static async start(size: BedSize = {}): Promise<SwarmBed> {
    const { engines: count, managers, entries } = checkedSize(size);
    const site = await Site.open(bedNetwork);
    try {
      if (entries > 0) await claimEntries(claimant, { entries, generation: claimant });
      await startRegistry(site);
      const plans = Array.from({ length: count }, (_, index) => planEngine(index + 1));
      const starts = await Promise.allSettled(plans.map((plan) => BedEngine.start(site, plan)));
      const engines = starts.map((start) => {
        if (start.status === "rejected") throw start.reason;
        return start.value;
      });
      await formSwarm(engines, managers);
      return new SwarmBed(site, engines);
    } catch (error) {
      await close(site);
      throw error;
    }
  }

  /** Removes what a killed run left of a bed. */
  static async clean(): Promise<void> {
    await close(await Site.open(bedNetwork));
  }

  /** The first engine, which is a manager. */
  get manager(): BedEngine {
    return this.engines[0]!;
  }

  /** The nodes as a manager sees them, by name. Default: as the first engine does. */
  async nodes(manager = this.manager): Promise<Node[]> {
    return await nodesSeenBy(manager);
  }

  /** Labels an engine's node. */
  async label(engine: BedEngine, labels: Readonly<Record<string, string>>): Promise<void> {
    const added = Object.entries(labels).flatMap(([name, value]) => [
      "--label-add",
      `${name}=${value}`,
    ]);
    await this.manager.docker(["node", "update", ...added, engine.name]);
  }

  /**
   * Pushes an image of this machine's engine to the registry. It is no longer on the engines afterwards.
   *
   * @param repository its name in the registry.
   * @returns its reference by digest.
   */
  async publish(image: string, repository: string): Promise<string> {
    const archive = join(bedFolder, "image.tar");
    await docker(["save", "--output", archive, image], 300_000);
    const loaded = await this.manager.docker(["load", "--input", archive], 300_000);
    const source = /^Loaded image(?: ID)?: (\S+)$/m.exec(loaded)?.[1];
    if (source === undefined) throw new Error(`The engine loaded no image: ${loaded}`);
    const target = `${this.registry}/${repository}`;
    await this.manager.docker(["tag", source, target]);
    const pushed = await this.manager.docker(["push", target], 300_000);
    const digest = /\bdigest: (sha256:[0-9a-f]{64})\b/.exec(pushed)?.[1];
    if (digest === undefined) throw new Error(`The registry reported no digest: ${pushed}`);
    await this.manager.docker(["image", "rm", target, source]);
    return `${target}@${digest}`;
  }

  /** Removes the bed with everything in it. May be called again. */
  async stop(): Promise<void> {
    await close(this.#site);
  }
}

/** The bed's claim on the kernel's neighbour table. */
const claimant = bedNetwork.name;

async function close(site: Site): Promise<void> {
  await site.close();
  await releaseEntries(claimant);
}
