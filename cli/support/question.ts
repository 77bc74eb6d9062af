import { createInterface } from "node:readline/promises";
import { UserError } from "../../lib/host/errors.ts";

/**
 * Asks a question before something is removed.
 *
 * @param situation printed before it.
 * @param otherwise what to type where nobody can be asked.
 * @throws UserError when this is no terminal.
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
