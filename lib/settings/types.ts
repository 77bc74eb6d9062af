/** The types of a validated configuration. */
import type { Allocation, RecordedAllocation, Taken } from "../allocation/allocate.ts";
import type { EngineHost } from "../engine/host.ts";
import type { JoinerGroup } from "./members/groups.ts";
import type { HandlerFile } from "./handlers/handlers.ts";
import type { table, Values } from "./table.ts";

/** The settings as read by the table. */
export type Configured = Values<typeof table>;

/**
 * How the host's agent runs: as a process on this machine, or as a container on the host network of the engine's
 * host.
 */
export type HostAgentPlace = Exclude<Configured["hostAgentIn"], "auto">;

/** The validated configuration of a stack, with the settings that depend on the place of deployment resolved. */
export interface Settings
  extends
    Omit<Configured, "joiners" | "groups" | "hostAgentIn" | "maxUnavailable" | keyof Allocation>,
    Allocation {
  /** The number of joiners outside the declared groups. */
  readonly joiners: number;
  /** All groups of joiners; the first one is that of the setting `joiners`. */
  readonly groups: readonly JoinerGroup[];
  readonly hostAgentIn: HostAgentPlace;
  /** How many members a change may take down at once; undefined means all. */
  readonly maxUnavailable: number | undefined;
}

/** The place of a deployment: the stack, this machine and its engine. */
export interface DeploymentPlace {
  readonly stack: string;
  readonly platform: NodeJS.Platform;
  /** The files in the folder `docker/handlers`. */
  readonly handlerFiles: readonly HandlerFile[];
  /** The docker client's engine. Default: the one at the local socket. */
  readonly engine?: EngineHost | undefined;
  /**
   * Why the engine is not on this Linux host, although its address is local, as the rest of a sentence that begins
   * with the engine. Default: nothing indicates that, or the engine has not been asked.
   */
  readonly elsewhere?: string | undefined;
  /**
   * Where the host's agent runs according to the state, if the engine cannot be asked. Default: decided by the
   * engine.
   */
  readonly recordedHostAgentIn?: HostAgentPlace | undefined;
  /** The subnet and the ports according to the state. Default: none. */
  readonly recorded?: RecordedAllocation;
  /** The subnets and ports of others. Default: none, or the engine has not been asked. */
  readonly taken?: Taken | undefined;
  /** Whether Pulumi stores a setting, or a part of it, encrypted. Default: only the gossip key. */
  readonly isSecret?: (key: string) => boolean;
}
