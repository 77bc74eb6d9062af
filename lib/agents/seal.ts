import { createHash } from "node:crypto";

/** The parts in which configurations are written: those of the seed and the host, with the keys, and the joiners'. */
export type SealedPart = (typeof sealedParts)[number];

const sealedParts = ["members", "joiners"] as const;

/** The file in the volume with configurations that tells whether those of a part are as they were written. */
export function sealFile(part: SealedPart): string {
  return `seal-${part}`;
}

interface Seal {
  readonly generation: string;
  /** The names of the files. */
  readonly files: readonly string[];
  readonly sum: string;
}

/**
 * The content of the seal of a part.
 *
 * @param found all files of the volume.
 * @param files the names of those of the part.
 * @param generation of what they hold; see `lib/drift/engineState.ts`.
 */
export function sealOf(
  found: ReadonlyMap<string, string>,
  files: readonly string[],
  generation: string,
): string {
  const seal: Seal = { generation, files, sum: sumOf(found, files) };
  return JSON.stringify(seal);
}

/** The generation of all parts; undefined where a file was changed or removed since it was sealed. */
export function sealedGeneration(found: ReadonlyMap<string, string>): string | undefined {
  const [one, ...others] = sealedParts.map((part) =>
    generationIn(found, found.get(sealFile(part))),
  );
  return others.every((other) => other === one) ? one : undefined;
}

function generationIn(
  found: ReadonlyMap<string, string>,
  content: string | undefined,
): string | undefined {
  try {
    const { generation, files = [], sum } = JSON.parse(content ?? "{}") as Partial<Seal>;
    return sum === sumOf(found, files) ? generation : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(found: ReadonlyMap<string, string>, files: readonly string[]): string {
  const contents = [...files].sort().map((name) => [name, found.get(name) ?? null]);
  return createHash("sha256").update(JSON.stringify(contents)).digest("hex");
}
