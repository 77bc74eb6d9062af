import { UserError } from "../../../lib/host/errors.ts";

/** The help of the option `--tag`. */
export const tagHelp = "only members whose tag NAME matches the regular expression as a whole";

/**
 * Turns the values of `--tag NAME=REGEXP` into the filters that Serf takes.
 *
 * @throws UserError for a value without that form, and for a tag that is named twice.
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
    // Serf anchors the expression when it lists members, but not when it filters a query. Anchor it
    // always; the group keeps an expression with "|" together.
    filters.set(name, `^(?:${expression})$`);
  }
  return Object.fromEntries(filters);
}

/** Adds a possible cause to an error: Serf closes the connection on a regular expression it cannot parse. */
export function explained(message: string, given: readonly string[]): string {
  if (given.length === 0 || !/client closed|closed the connection/.test(message)) return message;
  const list = given.map((filter) => `--tag ${filter}`).join(" ");
  return `${message}\nSerf may not be able to parse a regular expression (https://golang.org/s/re2syntax): ${list}`;
}
