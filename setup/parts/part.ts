/** What setup says of a tool. */
export interface Tool {
  readonly name: string;
  /** Where finding out takes time, how to. */
  readonly version: string | (() => Promise<string>);
  /** How it came here. */
  readonly source: string;
}

/** A part of the toolchain. */
export interface Part {
  readonly tools: readonly Tool[];
  /** What programs need in their environment to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders for the `PATH`. */
  readonly path: readonly string[];
}

/** Looks for a part, quickly, and provides it if it is not there. */
export interface Provider {
  /** @returns undefined when the part is missing or cannot be used. */
  readonly look: () => Promise<Part | undefined>;
  /** What is missing and how to get it, as sentences, for who wants nothing installed. */
  readonly missing: () => string;
  /** @throws UserError when the part cannot be had here. */
  readonly provide: () => Promise<Part>;
}
