import { UserError } from "../../../lib/host/errors.ts";

/** Says what `--tag` takes, for a command's help. */
export const tagHelp = "only members whose whole tag NAME fits the regular expression";

/**
 * The filters that `--tag NAME=REGEXP` stands for, in the form that Serf takes.
 *
 * @throws UserError for one that is not of that form, and for a tag that is named twice.
 */
export function tagFilters(given: readonly string[]): Record<string, string> {
  const filters = new Map<string, string>();
  for (const filter of given) {
    const [, name, expression] = /^([^=]+)=(.*)$/s.exec(filter) ?? [];
    if (name === undefined || expression === undefined) {
      throw new UserError(`--tag is "${filter}", allowed is NAME=REGEXP, for example role=joiner.`);
    }
    if (filters.has(name)) {
      throw new UserError(`--tag names "${name}" twice, allowed is once: ${name}=ONE|OTHER.`);
    }
    // For members Serf compares with the whole value, for queries with a part of it; thus it is the
    // whole value for both, also where an expression has a "|".
    filters.set(name, `^(?:${expression})$`);
  }
  return Object.fromEntries(filters);
}

/** Adds to an error what may be behind it: Serf ends the connection on an expression it cannot read. */
export function explained(message: string, given: readonly string[]): string {
  if (given.length === 0 || !/client closed|closed the connection/.test(message)) return message;
  const list = given.map((filter) => `--tag ${filter}`).join(" ");
  return `${message}\nSerf may not be able to read a regular expression (https://golang.org/s/re2syntax): ${list}`;
}
