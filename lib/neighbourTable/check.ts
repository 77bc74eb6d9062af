/**
 * Compares the entries that a stack needs with the limits of the kernel's neighbour table, before anything is
 * created.
 */
import type { Labels } from "../cluster/labels.ts";
import { isEngineHere } from "../engine/findPlace.ts";
import { listContainers } from "../engine/inventory.ts";
import { agentsOnHost } from "../settings/members/groups.ts";
import type { Settings } from "../settings/types.ts";
import { maybeTooSmall, tooSmall } from "./advice.ts";
import {
  claimantOf,
  defaultLimits,
  demandOf,
  isLargeEnough,
  totalDemand,
  wantedEntries,
  without,
} from "./demand.ts";
import { claimedDemand } from "./ledger.ts";
import { canSetLimits, readLedger, readLimits } from "./limits.ts";

export interface TableCheck {
  /** Faults in the form of {@link findObstacles}. */
  readonly obstacles: readonly string[];
  readonly warnings: readonly string[];
  /** The generation of the stack's claim; undefined if there is none, or the table is too small for it. */
  readonly generation: string | undefined;
}

export async function checkNeighbourTable(settings: Settings, labels: Labels): Promise<TableCheck> {
  const agents = agentsOnHost(settings.groups);
  const own = wantedEntries(agents);
  const limits = (await isEngineHere()) ? await readLimits() : undefined;
  if (limits === undefined) {
    const exceedsDefault = !isLargeEnough(defaultLimits, own);
    return {
      obstacles: settings.tuneKernel ? [unreachable] : [],
      warnings: exceedsDefault ? [maybeTooSmall({ agents, own, others: 0 }, defaultLimits)] : [],
      generation: undefined,
    };
  }
  const claimant = claimantOf(labels);
  const [ledger, containers] = await Promise.all([readLedger(), listContainers({})]);
  const others = totalDemand(
    without(claimant, claimedDemand(ledger)),
    without(claimant, demandOf(containers)),
  );
  const claimed = ledger?.claims[claimant]?.generation;
  if (isLargeEnough(limits, own + others)) {
    // A user who is not allowed to record a claim does not need one.
    const generation = claimed ?? ((await canSetLimits()) ? undefined : "none");
    return { obstacles: [], warnings: [], generation };
  }
  const { tuneKernel } = settings;
  const isRefused = !tuneKernel || !(await canSetLimits());
  return {
    obstacles: isRefused ? [tooSmall({ agents, own, others }, limits, { tuneKernel })] : [],
    warnings: [],
    generation: undefined,
  };
}

const unreachable =
  "tuneKernel is true, but the kernel's neighbour table cannot be changed from here, for example in a container; run " +
  "`pulumi config set tuneKernel false`";
