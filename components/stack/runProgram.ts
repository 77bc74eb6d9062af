import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface ProgramArgs {
  /**
   * What runs when the resource is created or updated, and when it is deleted: the name of a file in `programs`,
   * without the extension, and its arguments. Default: nothing.
   */
  readonly create?: pulumi.Input<string>;
  readonly delete?: string;
  /** What the program reads from its standard input, as JSON. Default: nothing. */
  readonly input?: pulumi.Input<unknown>;
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** A change of one of them replaces the resource. Default: none. */
  readonly triggers?: unknown[];
  /** Whether the program gets the output of its last run. Default: false. */
  readonly remembers?: boolean;
  /** Default: what it writes to its standard error is shown. */
  readonly logging?: local.Logging;
}

/** Declares what no provider can do: a run of one of this project's programs, in the project's folder. */
export function runProgram(
  name: string,
  args: ProgramArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  const { create, delete: remove, input, remembers = false, ...more } = args;
  return new local.Command(
    name,
    {
      logging: "stderr",
      ...more,
      ...(create !== undefined && { create: pulumi.output(create).apply(commandLine) }),
      ...(remove !== undefined && { delete: commandLine(remove) }),
      ...(input !== undefined && { stdin: pulumi.jsonStringify(input) }),
      addPreviousOutputInEnv: remembers,
    },
    opts,
  );
}

function commandLine(program: string): string {
  const file = program.replace(/^\w+/, "programs/$&.ts");
  return `node --import=./lib/host/compileCache.mjs ${file}`;
}
