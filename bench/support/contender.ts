import type { ContenderName } from "./result.ts";

/** A tool that brings the cluster up, with the steps to measure. Every step throws on failure. */
export interface Contender {
  readonly name: ContenderName;
  /** The seed's container. */
  readonly seed: string;
  /** The label of all its containers, as `key=value`. */
  readonly label: string;
  /** The number of members that are neither the seed nor joiners. */
  readonly more: number;
  /** Whether `up` itself returns only when the cluster has formed. */
  readonly awaitsFormation: boolean;
  /** Writes the files that declare the cluster. Not measured; creates nothing on the engine. */
  readonly prepare: (joiners: number) => Promise<void>;
  /** @returns the CPU seconds of its own processes. */
  readonly up: () => Promise<number>;
  readonly destroy: () => Promise<unknown>;
  /** Plans. Throws when the plan has changes. */
  readonly plan?: () => Promise<unknown>;
  /** Applies again. Throws when that changes anything. */
  readonly apply?: () => Promise<unknown>;
  /** @returns the size of the state in bytes. */
  readonly state?: () => Promise<number>;
  /** Changes the declared number of joiners. Not measured; the next {@link up} applies it. */
  readonly resize?: (joiners: number) => Promise<unknown>;
  /** Changes a file of the image's build context. Not measured; the next {@link up} applies it. */
  readonly touch?: () => Promise<void>;
  /** Stops what a failed step left running on the host. */
  readonly abandon?: () => Promise<void>;
}
