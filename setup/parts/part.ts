/** A tool, as `npm run setup` lists it. */
export interface Tool {
  readonly name: string;
  /** A function when finding out takes time. */
  readonly version: string | (() => Promise<string>);
  /** Where it came from, for example "official release". */
  readonly source: string;
}

/** A part of the toolchain. */
export interface Part {
  readonly tools: readonly Tool[];
  /** Environment variables that programs need to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders for the `PATH`. */
  readonly path: readonly string[];
}

/** Finds a part quickly, or provides it if it is missing. */
export interface Provider {
  /** @returns undefined when the part is missing or cannot be used. */
  readonly look: () => Promise<Part | undefined>;
  /** A message for `SERF_INSTALL=no`: what is missing and how to get it. */
  readonly missing: () => string;
  /** @throws UserError when the part cannot be provided on this machine. */
  readonly provide: () => Promise<Part>;
}
