/** What a manager of a Swarm says of a stack's services and tasks. */
import type { Labels } from "../cluster/labels.ts";
import { engine, query } from "../engine/api.ts";
import { demultiplex } from "../engine/multiplexed.ts";

/** A service, in the part of the engine's form that is used here. */
interface SwarmService {
  readonly ID: string;
  readonly Spec: {
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Mode: { readonly Replicated?: { readonly Replicas: number } };
  };
  readonly UpdateStatus?: { readonly State?: string; readonly Message?: string };
}

/** A task, in the part of the engine's form that is used here. */
export interface SwarmTask {
  readonly ID: string;
  readonly ServiceID: string;
  readonly NodeID?: string;
  /** Absent for a task of a global service. */
  readonly Slot?: number;
  readonly DesiredState: string;
  readonly Status: {
    readonly State: string;
    readonly Timestamp?: string;
    readonly Err?: string;
  };
  readonly NetworksAttachments?:
    | readonly {
        readonly Network: { readonly Spec: { readonly Name: string } };
        readonly Addresses?: readonly string[] | null;
      }[]
    | null;
}

/** A node, in the part of the engine's form that is used here. */
export interface SwarmNode {
  readonly ID: string;
  readonly Spec: { readonly Availability: string };
  readonly Description: { readonly Hostname: string };
  readonly Status: { readonly State: string };
}

/** The state of a stack's part of the Swarm. */
export interface SwarmState {
  readonly services: readonly SwarmService[];
  readonly tasks: readonly SwarmTask[];
  readonly nodes: readonly SwarmNode[];
}

/** @throws EngineError when the engine does not answer, is no manager, or the Swarm has no leader. */
export async function readSwarm(labels: Labels): Promise<SwarmState> {
  const filters = query({
    filters: { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) },
  });
  const [services, tasks, nodes] = await Promise.all(
    [`/services?${filters}`, `/tasks?${filters}`, "/nodes"].map((path) =>
      engine({ method: "GET", path }),
    ),
  );
  return {
    services: services as SwarmService[],
    tasks: tasks as SwarmTask[],
    nodes: nodes as SwarmNode[],
  };
}

/** The last lines of a task's log; empty if it has none, or its node does not answer. */
export async function taskLog(task: string, lines: number): Promise<string> {
  const path = `/tasks/${task}/logs?${query({ stdout: "1", stderr: "1", tail: String(lines) })}`;
  const log = await engine({ method: "GET", path, timeout: 5000 }).catch(() => undefined);
  if (!Buffer.isBuffer(log)) return "";
  const { stdout, stderr } = demultiplex(log);
  return `${stdout}${stderr}`.trim();
}

/** The part of an engine in a Swarm, as of `GET /info`. */
export interface SwarmMembership {
  readonly LocalNodeState: string;
  readonly ControlAvailable: boolean;
  /** Its ID in the Swarm. Default: it takes part in none. */
  readonly NodeID?: string;
}

/** Whether this process's engine takes part in a Swarm, and as what. */
export async function swarmMembership(): Promise<SwarmMembership> {
  const info = (await engine({ method: "GET", path: "/info" })) as {
    readonly Swarm: SwarmMembership;
  };
  return info.Swarm;
}
