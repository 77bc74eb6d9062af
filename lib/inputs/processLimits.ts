/** What the program takes from standard input, as JSON. */
export interface ProcessLimitsInput {
  /** The engine's IDs of the containers. */
  readonly containers: readonly string[];
  readonly limit: number;
  /** Not read by the program: another one makes it run again. */
  readonly generation: string;
}
