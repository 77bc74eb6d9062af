import { createHash } from "node:crypto";

/**
 * The parts in which configurations are written: `members` is that of the seed and the host's agent, with the
 * keys; `joiners` is that of the joiners.
 */
export type SealedPart = (typeof sealedParts)[number];

const sealedParts = ["members", "joiners"] as const;

/** The file in the configuration volume that shows whether the files of a part are unchanged. */
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
 * The content of a part's seal.
 *
 * @param found all files of the volume, by name.
 * @param files the names of the part's files.
 * @param generation the generation of the files' content; see `lib/drift/engineState.ts`.
 */
export function sealOf(
  found: ReadonlyMap<string, string>,
  files: readonly string[],
  generation: string,
): string {
  const seal: Seal = { generation, files, sum: sumOf(found, files) };
  return JSON.stringify(seal);
}

/** The generation of all parts; undefined if a file was changed or removed since it was sealed. */
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
