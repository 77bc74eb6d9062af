import { EngineHostError } from "../components/engineHost.ts";
import { CommandError } from "../programs/run.ts";
import { UserError } from "./errors.ts";

/**
 * Runs a command of the project.
 *
 * @param command returns the exit code. Errors that the user can mend are printed as
 *   sentences, others with their stack; both end with 1.
 */
export async function main(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const sentences = [UserError, CommandError, EngineHostError];
    const isSentence = sentences.some((kind) => error instanceof kind);
    console.error(isSentence ? `error: ${(error as Error).message}` : error);
    process.exitCode = 1;
  }
}
