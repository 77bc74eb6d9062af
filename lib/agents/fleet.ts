import type { AgentConduct, AgentPlace } from "./config.ts";

/** How agents are to behave that differ in their names and addresses alone. */
export interface Fleet extends AgentConduct {
  /** A group of joiners, `seed` or `host`. */
  readonly group: string;
  /** Default: as in a container with a network of its own. */
  readonly place?: AgentPlace;
}
