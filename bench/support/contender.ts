import type { ContenderName } from "./result.ts";

/** A way to bring the cluster up, with the steps that are measured. Every step throws on failure. */
export interface Contender {
  readonly name: ContenderName;
  /** The seed's container. */
  readonly seed: string;
  /** `key=value`, which all its containers carry. */
  readonly label: string;
  /** Members that are neither the seed nor joiners. */
  readonly more: number;
  /** Whether `up` itself returns only when the cluster has formed. */
  readonly awaitsFormation: boolean;
  /** Writes down what is wanted. Not measured; nothing is on the engine before and after. */
  readonly prepare: (joiners: number) => Promise<void>;
  /** @returns the CPU seconds of its own processes. */
  readonly up: () => Promise<number>;
  readonly destroy: () => Promise<unknown>;
  /** Plans; throws when the plan changes anything. */
  readonly plan?: () => Promise<unknown>;
  /** Applies again; throws when that changes anything. */
  readonly apply?: () => Promise<unknown>;
  /** Bytes of the state. */
  readonly state?: () => Promise<number>;
  /** Changes the number of joiners; not measured. {@link up} then carries it out. */
  readonly resize?: (joiners: number) => Promise<unknown>;
  /** Changes the image's context; not measured. {@link up} then carries it out. */
  readonly touch?: () => Promise<void>;
  /** Ends what a failed step left running on the host. */
  readonly abandon?: () => Promise<void>;
}
