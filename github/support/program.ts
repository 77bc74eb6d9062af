/** What the programs share: their arguments, and how they end. */
import { parseArgs } from "node:util";
import { UserError } from "../../lib/host/errors.ts";

/** What a program accepts. */
export interface ProgramLine<Needed extends string, Optional extends string> {
  /** What the user types. */
  readonly usage: string;
  /** The options with a value that must be there. */
  readonly needed: readonly Needed[];
  /** The others with a value. Default: none. */
  readonly optional?: readonly Optional[];
  /** The options without a value. Default: none. */
  readonly switches?: readonly string[];
  /** Whether it accepts other arguments. Default: no. */
  readonly takesFiles?: true;
}

/** The parsed arguments. */
export interface Given<Needed extends string, Optional extends string> {
  readonly values: Readonly<Record<Needed, string> & Partial<Record<Optional, string>>>;
  /** The switches that are on. */
  readonly on: ReadonlySet<string>;
  readonly files: readonly string[];
}

/**
 * Reads a program's arguments.
 *
 * @throws UserError for one that is unknown, and for one that is missing.
 */
export function parseProgramLine<Needed extends string, Optional extends string = never>(
  line: ProgramLine<Needed, Optional>,
  args: readonly string[],
): Given<Needed, Optional> {
  const { usage, needed, optional = [], switches = [], takesFiles = false } = line;
  const kinds = [
    ...[...needed, ...optional].map((name) => [name, "string"] as const),
    ...switches.map((name) => [name, "boolean"] as const),
  ];
  const options = Object.fromEntries(kinds.map(([name, type]) => [name, { type }] as const));
  const { values, positionals } = parsed() as {
    readonly values: Readonly<Record<string, string | boolean | undefined>>;
    readonly positionals: string[];
  };
  const missing = needed.find((name) => !values[name]);
  if (missing !== undefined) throw new UserError(`--${missing} is missing. Usage: ${usage}`);
  return {
    values: values as Given<Needed, Optional>["values"],
    on: new Set(switches.filter((name) => values[name] === true)),
    files: positionals,
  };

  function parsed() {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: takesFiles });
    } catch (error) {
      // Keep the first sentence, which names the argument; the rest is about Node.js's own syntax.
      const [fault = ""] = (error as Error).message.split(/\.?(?:\s*\n|\. |$)/);
      throw new UserError(`${fault}. Usage: ${usage}`);
    }
  }
}

/**
 * Runs a program.
 *
 * @param work returns the exit code. The message of a UserError is printed; every other error is a bug.
 */
export async function program<Needed extends string, Optional extends string = never>(
  line: ProgramLine<Needed, Optional>,
  work: (given: Given<Needed, Optional>) => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await work(parseProgramLine(line, process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof UserError ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Checks an option that may be missing, but not empty. */
export function optional(
  value: string | undefined,
  check: (value: string) => string,
): string | undefined {
  return value === undefined ? undefined : check(value);
}

/**
 * Checks a link that is put into a comment.
 *
 * @throws UserError if it is not an address of a page.
 */
export function checkedLink(link: string): string {
  if (/^https?:\/\/[^\s()<>]+$/.test(link)) return link;
  throw new UserError(
    `--run-url is "${link}", allowed is an address that begins with https:// and has no spaces or brackets.`,
  );
}

/**
 * Checks a commit's hash.
 *
 * @throws UserError if it is not one in full.
 */
export function checkedCommit(commit: string): string {
  if (/^[0-9a-f]{40}$/.test(commit)) return commit;
  throw new UserError(`--commit is "${commit}", allowed are the 40 digits of a commit's hash.`);
}
