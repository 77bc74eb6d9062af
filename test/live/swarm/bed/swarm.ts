import { eventually } from "../../support/hosts/eventually.ts";
import type { BedEngine } from "./bedEngine.ts";
import { overlayPool } from "./plan.ts";

/** A node as a manager sees it. */
export interface Node {
  readonly name: string;
  /** Such as `Ready` and `Down`. */
  readonly status: string;
  /** Such as `Active` and `Drain`. */
  readonly availability: string;
  /** Such as `Leader`, `Reachable` and `Unreachable`; empty for a worker. */
  readonly manager: string;
}

/** Joins engines to a Swarm. The first ones become managers. Returns when all nodes are ready. */
export async function formSwarm(engines: readonly BedEngine[], managers: number): Promise<void> {
  const [first, ...others] = engines as [BedEngine, ...BedEngine[]];
  const as = (engine: BedEngine) => ["--advertise-addr", engine.address];
  await first.docker(["swarm", "init", ...as(first), "--default-addr-pool", overlayPool]);
  const token = async (role: string) =>
    (await first.docker(["swarm", "join-token", "--quiet", role])).trim();
  const join = async (engine: BedEngine, role: string) =>
    engine.docker(
      ["swarm", "join", "--token", await token(role), ...as(engine), `${first.address}:2377`],
      90_000,
    );
  // One manager after the other: each changes how many of them make a majority.
  for (const engine of others.slice(0, managers - 1)) await join(engine, "manager");
  await Promise.all(others.slice(managers - 1).map((engine) => join(engine, "worker")));
  await eventually("The Swarm with all nodes ready", 60_000, async () => {
    const nodes = await nodesSeenBy(first);
    const ready = nodes.filter(({ status }) => status === "Ready");
    return ready.length === engines.length || undefined;
  });
}

/** The nodes as a manager sees them, by name. */
export async function nodesSeenBy(manager: BedEngine): Promise<Node[]> {
  const fields = ["Hostname", "Status", "Availability", "ManagerStatus"];
  const format = fields.map((field) => `{{.${field}}}`).join("\t");
  const list = await manager.docker(["node", "ls", "--format", format], 15_000);
  return list
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [name, status, availability, role] = line.split("\t") as [
        string,
        string,
        string,
        string,
      ];
      return { name, status, availability, manager: role };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
