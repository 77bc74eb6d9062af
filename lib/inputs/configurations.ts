import type { Fleet } from "../agents/fleet.ts";
import type { SealedPart } from "../agents/seal.ts";
import type { Labels } from "../cluster/labels.ts";
import type { VolumeNames } from "../cluster/names.ts";

/** What the program takes from the variable `SERF_CONFIGURATIONS`. */
export interface ConfigurationsInput {
  /** Which configurations these are; `members` comes first, and has the keys. */
  readonly part: SealedPart;
  readonly image: string;
  readonly volumes: VolumeNames;
  readonly labels: Labels;
  readonly fleets: readonly Fleet[];
  /** A new one asks for a look at all files and keys; see `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** What the program takes from standard input, as JSON. */
export interface Secrets {
  readonly gossipKey: string;
  readonly rpcToken: string;
}
