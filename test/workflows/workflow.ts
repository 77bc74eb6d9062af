/** What a workflow of GitHub Actions consists of, as far as this project's use it. */

type Values = Readonly<Record<string, string | number | boolean>>;

export type Rights = Readonly<Record<string, string>>;

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Values;
  readonly env?: Values;
  readonly "continue-on-error"?: boolean;
}

interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress"?: boolean;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly with?: Values;
  readonly secrets?: string;
  readonly environment?: string;
  readonly permissions?: Rights;
  readonly concurrency?: Concurrency;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, string | readonly string[]>> };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Values;
  readonly steps?: readonly Step[];
}

export interface Workflow {
  readonly on: string | readonly string[] | Readonly<Record<string, unknown>>;
  readonly permissions?: Rights;
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}
