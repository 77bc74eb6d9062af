/** The program's standard input, as JSON. */
export interface ProcessLimitsInput {
  /** The containers' IDs on the engine. */
  readonly containers: readonly string[];
  readonly limit: number;
  /** Not used by the program: a change makes Pulumi run it again. */
  readonly generation: string;
}
