/** Compares what a stack wants of the kernel's neighbour table with its limits, before anything is made. */
import type { Labels } from "../cluster/labels.ts";
import { isEngineHere } from "../engine/findPlace.ts";
import { listContainers } from "../engine/inventory.ts";
import { agentsOnHost } from "../settings/groups.ts";
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
  /** As those of {@link findObstacles}. */
  readonly obstacles: readonly string[];
  readonly warnings: readonly string[];
  /** Of the stack's claim; undefined where there is none, or what it got does not suffice any more. */
  readonly generation: string | undefined;
}

export async function checkNeighbourTable(settings: Settings, labels: Labels): Promise<TableCheck> {
  const agents = agentsOnHost(settings.groups);
  const own = wantedEntries(agents);
  const limits = (await isEngineHere()) ? await readLimits() : undefined;
  if (limits === undefined) {
    const isMuch = !isLargeEnough(defaultLimits, own);
    return {
      obstacles: settings.tuneKernel ? [unreachable] : [],
      warnings: isMuch ? [maybeTooSmall({ agents, own, others: 0 }, defaultLimits)] : [],
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
    // Who may not record a claim needs none.
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
  "tuneKernel is true, but the kernel's neighbour table cannot be reached from here, as in a container; run " +
  "`pulumi config set tuneKernel false`";
