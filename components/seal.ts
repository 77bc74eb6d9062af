import { createHash } from "node:crypto";

/** The file in the volume with configurations that tells whether the others are as they were written. */
export const sealFile = "seal";

interface Seal {
  readonly generation: string;
  readonly sum: string;
}

/**
 * The content of the seal of these files.
 *
 * @param generation of what they hold; see `standing.ts`.
 */
export function sealOf(files: ReadonlyMap<string, string>, generation: string): string {
  const seal: Seal = { generation, sum: sumOf(files) };
  return JSON.stringify(seal);
}

/** The generation of files; undefined where one was changed, added or removed since they were sealed. */
export function sealedGeneration(files: ReadonlyMap<string, string>): string | undefined {
  try {
    const { generation, sum } = JSON.parse(files.get(sealFile) ?? "{}") as Partial<Seal>;
    return sum === sumOf(files) ? generation : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(files: ReadonlyMap<string, string>): string {
  const others = [...files].filter(([name]) => name !== sealFile).sort();
  return createHash("sha256").update(JSON.stringify(others)).digest("hex");
}
