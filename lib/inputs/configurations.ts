import type { Fleet } from "../agents/fleet.ts";
import type { SealedPart } from "../agents/seal.ts";
import type { Labels } from "../cluster/labels.ts";
import type { VolumeNames } from "../cluster/names.ts";

/** The program's input in the variable `SERF_CONFIGURATIONS`. */
export interface ConfigurationsInput {
  /** Which configurations these are. `members` is written first, and includes the keys. */
  readonly part: SealedPart;
  readonly image: string;
  readonly volumes: VolumeNames;
  readonly labels: Labels;
  readonly fleets: readonly Fleet[];
  /** A new generation makes the program check all files and keys again; see `lib/drift/engineState.ts`. */
  readonly generation: string;
}

/** The program's standard input, as JSON. */
export interface Secrets {
  readonly gossipKey: string;
  readonly rpcToken: string;
}
