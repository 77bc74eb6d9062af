import type { AgentConduct, AgentPlace } from "./config.ts";

/** The configuration of a group of agents, which differ only in their names and addresses. */
export interface Fleet extends AgentConduct {
  /** A group of joiners, `seed` or `host`. */
  readonly group: string;
  /** Default: that of a container with a network of its own. */
  readonly place?: AgentPlace;
}
