import { createInterface } from "node:readline/promises";
import { UserError } from "../../lib/host/errors.ts";

/**
 * Asks for confirmation before something is removed.
 *
 * @param situation printed before the question.
 * @param otherwise the error when there is no terminal: what to type instead.
 * @throws UserError when standard input or output is not a terminal.
 */
export async function askAtTerminal(
  situation: string,
  question: string,
  otherwise: string,
): Promise<boolean> {
  console.log(situation);
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UserError(otherwise);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  console.log("Nothing was removed.");
  return false;
}
