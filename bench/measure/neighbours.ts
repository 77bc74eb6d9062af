import { claimEntries, releaseEntries } from "../../lib/neighbourTable/limits.ts";

/** Enough for 128 agents on one host. With the kernel's default, members flap from about 32 agents on. */
const entries = 16_384;

const claimant = "bench";

/** Runs a task with a neighbour table of at least that size, then restores the limits. */
export async function withLargeNeighbourTable<T>(task: () => Promise<T>): Promise<T> {
  await claimEntries(claimant, { entries, generation: claimant });
  try {
    return await task();
  } finally {
    await releaseEntries(claimant);
  }
}
