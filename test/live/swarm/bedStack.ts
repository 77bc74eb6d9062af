import { expect, vi } from "vitest";
import type { Member } from "../../../lib/cluster/members.ts";
import { placeOf } from "../../../lib/swarm/members.ts";
import type { Project } from "../support/project.ts";
import type { BedEngine } from "./bed/bedEngine.ts";

/** A stack whose members run on a bed of engines. */
export class BedStack {
  readonly name: string;
  readonly #project: Project;

  constructor(project: Project, name: string) {
    this.#project = project;
    this.name = name;
  }

  async members(): Promise<Member[]> {
    const printed = await this.#project.succeed("members", "--stack", this.name, "--json");
    return JSON.parse(printed) as Member[];
  }

  /**
   * The numbers of live members by role, and the statuses of all others. Members that left are only counted if another
   * has taken their place: of those that were scaled down, Serf keeps a list for a day.
   */
  async count(): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    const members = await this.members();
    const taken = new Set(members.filter(({ status }) => status === "alive").map(placeOf));
    for (const member of members) {
      const { status, tags } = member;
      if (status === "left" && !taken.has(placeOf(member))) continue;
      const key = status === "alive" ? tags["role"]! : status;
      found[key] = (found[key] ?? 0) + 1;
    }
    return found;
  }

  /** Waits until the members are as wanted, and returns the seconds that it took. */
  async becomes(wanted: Record<string, number>, seconds: number): Promise<number> {
    const started = Date.now();
    await vi.waitFor(async () => expect(await this.count()).toEqual(wanted), {
      timeout: seconds * 1000,
      interval: 500,
    });
    return (Date.now() - started) / 1000;
  }

  /**
   * Counts the live members until the returned function is called, which gives the smallest number.
   *
   * @param role default: members of any role.
   */
  watch(role?: string): () => Promise<number> {
    const until = new AbortController();
    let fewest = Infinity;
    const watched = (async () => {
      while (!until.signal.aborted) {
        const listed = (await this.members()).filter(
          ({ tags }) => role === undefined || tags["role"] === role,
        );
        // An agent that has started and not joined yet knows none; one that has joined also lists those that are down.
        if (role !== undefined && listed.length === 0) continue;
        const alive = listed.filter(({ status }) => status === "alive");
        fewest = Math.min(fewest, alive.length);
      }
    })();
    return async () => {
      until.abort();
      await watched;
      return fewest;
    };
  }

  /** How many members run on an engine. */
  async countOn(engine: BedEngine): Promise<number> {
    return (await this.#running(engine)).length;
  }

  /** The gossip keys, as the agent of an engine's host lists them: each with how many members have it. */
  async keysSeenOn(engine: BedEngine): Promise<string[]> {
    const [agent] = await this.#containersOf(engine, "host");
    const list = await engine.docker(["exec", agent!, "serf", "keys", "-list"]);
    return list.match(/\[\d+\/\d+\]/g) ?? [];
  }

  /** Kills the agents of some roles on all engines at the same moment. */
  async kill(engines: readonly BedEngine[], roles: readonly string[]): Promise<void> {
    const found = await Promise.all(
      engines.flatMap((engine) =>
        roles.map(async (role) => ({ engine, ids: await this.#containersOf(engine, role) })),
      ),
    );
    await Promise.all(
      found.map(async ({ engine, ids }) => ids.length > 0 && engine.docker(["kill", ...ids])),
    );
  }

  async #containersOf(engine: BedEngine, role: string): Promise<string[]> {
    return await this.#running(engine, [`serf.role=${role}`]);
  }

  /** The running containers of the stack on an engine, of those with some labels. */
  async #running(engine: BedEngine, labels: readonly string[] = []): Promise<string[]> {
    const filters = [`serf.stack=${this.name}`, ...labels].flatMap((label) => [
      ...["--filter", `label=${label}`],
    ]);
    const printed = await engine.docker(["ps", "--quiet", ...filters]);
    return printed.split("\n").filter((line) => line !== "");
  }

  /** What a node has of the stack, beside images. */
  async remainsOn(engine: BedEngine): Promise<string> {
    const label = ["--filter", `label=serf.stack=${this.name}`];
    const all = await Promise.all([
      engine.docker(["ps", "--all", "--quiet", ...label]),
      engine.docker(["network", "ls", "--quiet", "--filter", `name=serf-${this.name}`]),
      engine.docker(["volume", "ls", "--quiet", ...label]),
    ]);
    return all.join("");
  }
}
