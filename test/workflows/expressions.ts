/** Expressions of GitHub Actions: `${{ … }}` in a text, and conditions. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What expressions can name, such as `github` and `needs`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What `success()` and `failure()` are. `cancelled()` is false: nothing is cancelled here. */
export interface Status {
  readonly success: boolean;
  readonly failure: boolean;
}

const statusFunctions = ["success", "failure", "cancelled", "always"] as const;

/** Whether a job or a step is run. Without a condition on the status, what came before must have succeeded. */
export function isMet(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const text = (condition ?? "success()").trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const asksStatus = statusFunctions.some((name) => text.includes(`${name}()`));
  if (!asksStatus && !status.success) return false;
  return Boolean(evaluate(text, contexts, status));
}

/** A text with the values of its expressions. One that is a single expression has that one's type. */
export function resolve(text: unknown, contexts: Contexts): unknown {
  if (typeof text !== "string") return text;
  const [, whole] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text) ?? [];
  if (whole !== undefined) return evaluate(whole, contexts);
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    textOf(evaluate(expression, contexts)),
  );
}

/** The values of a map, as texts. */
export function resolveAll(
  map: Readonly<Record<string, unknown>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).map(([key, value]) => [key, textOf(resolve(value, contexts))]),
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function evaluate(
  expression: string,
  contexts: Contexts,
  { success, failure }: Status = { success: true, failure: false },
): unknown {
  const results = { success, failure, cancelled: false, always: true };
  const functions = statusFunctions.map((name) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(results[name]),
  }));
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const byName = new Map(functions.map((definition) => [definition.name, definition]));
  const result = new Evaluator(parsed, known, byName).evaluate();
  return JSON.parse(JSON.stringify(result, data.replacer)) as unknown;
}
