import { readFile, writeFile } from "node:fs/promises";

/**
 * What N agents on one host want: N × (N − 1) entries of the kernel's neighbour table. With the
 * default of 1024 members flap from some 32 agents on.
 */
const wanted: Readonly<Record<string, number>> = {
  gc_thresh1: 16384,
  gc_thresh2: 65536,
  gc_thresh3: 131072,
};

const folder = "/proc/sys/net/ipv4/neigh/default";

/** The thresholds as they are, by name. */
export async function thresholds(): Promise<Record<string, number>> {
  const entries = Object.keys(wanted).map(async (name): Promise<[string, number]> => [
    name,
    Number(await readFile(`${folder}/${name}`, "utf8")),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Runs a task with the neighbour table at least as large as wanted; puts the old values back. */
export async function withLargeNeighbourTable<T>(task: () => Promise<T>): Promise<T> {
  const before = await thresholds();
  const set = async (values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) {
      await writeFile(`${folder}/${name}`, String(value));
    }
  };
  try {
    await set(
      Object.fromEntries(
        Object.entries(wanted).map(([name, value]) => [name, Math.max(value, before[name] ?? 0)]),
      ),
    );
    return await task();
  } finally {
    await set(before);
  }
}
