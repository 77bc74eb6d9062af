import type { Labels } from "../../lib/cluster/labels.ts";
import type { EngineState } from "../../lib/drift/engineState.ts";
import type { ClusterNetwork } from "../cluster/clusterNetwork.ts";
import type { RollingChange } from "../rolling/rollingChange.ts";

/** The arguments that the seed, the joiners and the host's agent have in common. */
export interface ClusterPlace {
  readonly network: Pick<ClusterNetwork, "networkName">;
  readonly labels: Labels;
  /** Provides the generations of containers. */
  readonly engineState: EngineState;
  /** Schedules a rolling replacement. Default: all members are replaced at once. */
  readonly change?: RollingChange | undefined;
}
