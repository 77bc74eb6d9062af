/** What a configuration is, once it is read. */
import type { EngineHost } from "../engine/host.ts";
import type { JoinerGroup } from "./groups.ts";
import type { HandlerFile } from "./handlers.ts";
import type { table, Values } from "./table.ts";

/** The settings as the table reads them. */
export type Configured = Values<typeof table>;

/** Where the host's agent runs: a process of this machine, or a container on the network of the engine's host. */
export type HostAgentPlace = Exclude<Configured["hostAgentIn"], "auto">;

/** The validated configuration of a stack, with what follows from where it is deployed. */
export interface Settings extends Omit<
  Configured,
  "joiners" | "groups" | "hostAgentIn" | "maxUnavailable"
> {
  /** How many joiners of no declared group the cluster has. */
  readonly joiners: number;
  /** All groups of joiners, the one that `joiners` counts first. */
  readonly groups: readonly JoinerGroup[];
  readonly hostAgentIn: HostAgentPlace;
  /** How many members a change may take down at once; undefined: all. */
  readonly maxUnavailable: number | undefined;
}

/** Where a stack is deployed from. */
export interface DeploymentPlace {
  readonly stack: string;
  readonly platform: NodeJS.Platform;
  /** What the folder `docker/handlers` has. */
  readonly handlerFiles: readonly HandlerFile[];
  /** The engine that the docker client talks to. Default: the one of the local socket. */
  readonly engine?: EngineHost | undefined;
  /**
   * Why the engine is not this Linux host's, although its address may be, as the rest of a sentence that begins
   * with the engine. Default: nothing speaks against it, or it has not been asked.
   */
  readonly elsewhere?: string | undefined;
  /** Where the host's agent was put last, when the engine cannot be asked. Default: by the engine. */
  readonly recordedHostAgentIn?: HostAgentPlace | undefined;
  /** Whether Pulumi keeps a setting, or a part of it, encrypted. Default: the gossip key alone. */
  readonly isSecret?: (key: string) => boolean;
}
