/** The command lines of the commands: their options, the parser and the help. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { allowedStackNames, isStackName } from "../../../lib/cluster/names.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { formatTable } from "../../../lib/host/table.ts";
import { main } from "../../../setup/main.ts";
import { refuseTakenOptions } from "../../../setup/npmOptions.ts";
import { pulumiTools } from "../../../setup/toolchain.ts";
import { useEngineOf } from "./engineOfStack.ts";
import { readSettings, type StackSettings } from "./settings.ts";
import { readState, type StackState } from "./state.ts";

/** An option of a command. */
export interface Option {
  readonly help: string;
  /** The name of the value in the help. Default: the option is a switch, which `--no-NAME` turns off. */
  readonly value?: string;
  /** Whether it may be repeated. Default: no, the last one counts. */
  readonly multiple?: true;
}

/** What a command accepts besides `--stack` and `--help`. */
export interface CommandLine<Options extends Readonly<Record<string, Option>>> {
  /** What the user types, for example `npm start`. */
  readonly command: string;
  /** What it does, as a sentence for the help. */
  readonly purpose: string;
  /** The positional arguments in order; optional ones are in brackets, as in `[PAYLOAD]`. Default: none. */
  readonly positionals?: readonly string[];
  /** Default: none. */
  readonly options?: Options;
  /** The exit code when the command fails. Default: 1. */
  readonly failure?: number;
  /** Whether the command needs the stack's state. Default: no. */
  readonly readsState?: true;
}

/** The parsed arguments. */
export interface Arguments<Options> {
  readonly stack: string;
  /** Whether the user named the stack; if not, it is `dev`. */
  readonly isNamed: boolean;
  readonly positionals: readonly string[];
  readonly options: {
    readonly [Name in keyof Options]: Options[Name] extends { multiple: true }
      ? readonly string[]
      : Options[Name] extends { value: string }
        ? string | undefined
        : boolean | undefined;
  };
}

const common = {
  stack: { value: "NAME", help: "the stack; default: dev" },
  help: { help: "prints this help" },
} as const satisfies Readonly<Record<string, Option>>;

/** The stack that a command works on. */
export interface StackPlace {
  /** The environment for running Pulumi, enough for what needs neither an engine nor base images. */
  readonly env: NodeJS.ProcessEnv;
  /** The stack's configuration. */
  readonly settings: StackSettings;
  /** The stack's state, if the command has `readsState`. */
  readonly state: StackState;
}

/**
 * Runs a command of the project with the user's arguments, on the stack's engine. With `--help` it only
 * prints the help.
 *
 * @param work returns the exit code.
 * @param failed is told when it fails, also where the stack's settings or state cannot be read. Default: nothing.
 */
export function command<const Options extends Readonly<Record<string, Option>>>(
  line: CommandLine<Options>,
  work: (given: Arguments<Options>, place: StackPlace) => Promise<number>,
  failed?: (given: Arguments<Options>, error: Error) => Promise<void>,
): Promise<void> {
  return main(async () => {
    const options = Object.entries(optionsOf(line));
    const names = options.map(([name, { value }]) => [name, value !== undefined] as const);
    await refuseTakenOptions(line.command, Object.fromEntries(names));
    const given = parseCommandLine(line, process.argv.slice(2));
    if (given === "help") {
      console.log(help(line));
      return 0;
    }
    try {
      return await work(given, await placeOf(given.stack, line));
    } catch (error) {
      await failed?.(given, error as Error);
      throw error;
    }
  }, line.failure);
}

async function placeOf(stack: string, { readsState }: Line): Promise<StackPlace> {
  const { env } = await pulumiTools();
  const [settings, state] = await Promise.all([
    readSettings(stack, env),
    readsState ? readState(stack, env) : ({ kind: "none" } as const),
  ]);
  await useEngineOf(stack, settings);
  return { env, settings, state };
}

/**
 * Reads the arguments of a command.
 *
 * @throws UserError for an argument that the command does not accept, and for a stack's name that Docker
 *   or Serf would refuse.
 */
export function parseCommandLine<const Options extends Readonly<Record<string, Option>>>(
  line: CommandLine<Options>,
  args: readonly string[],
): Arguments<Options> | "help" {
  const { values, positionals } = parse(line, args);
  const { help: isHelp, stack: given, ...options } = values;
  if (isHelp === true) return "help";
  const { positionals: wanted = [] } = line;
  const surplus = positionals[wanted.length];
  if (surplus !== undefined) throw refusal(line, `Unexpected argument "${surplus}".`);
  const missing = wanted[positionals.length];
  if (missing?.startsWith("[") === false) throw refusal(line, `${missing} is missing.`);
  const stack = String(given ?? "dev");
  if (!isStackName(stack)) {
    throw new UserError(`The stack's name is "${stack}", allowed are ${allowedStackNames}.`);
  }
  const isNamed = given !== undefined;
  return { stack, isNamed, positionals, options: options as Arguments<Options>["options"] };
}

/** A path relative to the folder in which the user typed the command. */
export function asTyped(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? process.cwd(), path);
}

type Line = CommandLine<Readonly<Record<string, Option>>>;

function parse(line: Line, args: readonly string[]) {
  const options = Object.entries(optionsOf(line)).map(([name, { value, multiple = false }]) => [
    name,
    {
      type: value === undefined ? ("boolean" as const) : ("string" as const),
      multiple,
      ...(multiple ? { default: [] } : {}),
      ...(name === "stack" ? { short: "s" } : {}),
    },
  ]);
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(options) as NonNullable<
        NonNullable<Parameters<typeof parseArgs>[0]>["options"]
      >,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    // Keep the first sentence, which names the argument; the rest is about Node.js's own syntax.
    const [fault = ""] = (error as Error).message.split(/\.?(?:\s*\n|\. |$)/);
    throw refusal(line, `${fault}.`);
  }
}

function refusal(line: Line, fault: string): UserError {
  const names = Object.entries(optionsOf(line)).map(([name, option]) => flag(name, option));
  return new UserError(
    `${fault} Allowed are ${[...(line.positionals ?? []), ...names].join(", ")}.`,
  );
}

/** The help of a command. */
export function help(line: Line): string {
  const options = Object.entries(optionsOf(line)).map(([name, option]) => [
    `  ${flag(name, option)}`,
    option.help + (option.multiple ? "; may be repeated" : ""),
  ]);
  const usage = [line.command, "--", ...(line.positionals ?? []), "[OPTIONS]"].join(" ");
  return `Usage: ${usage}\n\n${line.purpose}\n\n${formatTable(options)}`;
}

function optionsOf(line: Line): Readonly<Record<string, Option>> {
  return { ...line.options, ...common };
}

function flag(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
