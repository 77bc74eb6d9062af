import type { Labels } from "../../lib/cluster/labels.ts";
import type { Standing } from "../../lib/drift/engineState.ts";
import type { ClusterNetwork } from "../clusterNetwork.ts";
import type { RollingChange } from "./rollingChange.ts";

/** What the seed, the joiners and the host's agent take alike. */
export interface ClusterPlace {
  readonly network: ClusterNetwork;
  readonly labels: Labels;
  /** Tells the generations of containers. */
  readonly standing: Standing;
  /** Lets members be replaced while the cluster goes on. Default: all at once. */
  readonly change?: RollingChange | undefined;
}
