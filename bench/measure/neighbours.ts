import { claimEntries, releaseEntries } from "../../lib/neighbourTable/limits.ts";

/** What 128 agents on one host want; with the kernel's own limits members flap from some 32 agents on. */
const entries = 16_384;

const claimant = "bench";

/** Runs a task with the neighbour table at least as large as wanted; puts the limits back. */
export async function withLargeNeighbourTable<T>(task: () => Promise<T>): Promise<T> {
  await claimEntries(claimant, { entries, generation: claimant });
  try {
    return await task();
  } finally {
    await releaseEntries(claimant);
  }
}
