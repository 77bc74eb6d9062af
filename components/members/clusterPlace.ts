import type { Labels } from "../../lib/cluster/labels.ts";
import type { EngineState } from "../../lib/drift/engineState.ts";
import type { ClusterNetwork } from "../cluster/clusterNetwork.ts";
import type { RollingChange } from "../rolling/rollingChange.ts";

/** What the seed, the joiners and the host's agent take alike. */
export interface ClusterPlace {
  readonly network: ClusterNetwork;
  readonly labels: Labels;
  /** Tells the generations of containers. */
  readonly engineState: EngineState;
  /** Lets members be replaced while the cluster goes on. Default: all at once. */
  readonly change?: RollingChange | undefined;
}
