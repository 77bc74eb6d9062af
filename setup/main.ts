import { UserError } from "../lib/host/errors.ts";

/** What only a mistake in the code throws. Whatever else goes wrong, its message is for the user. */
const mistakes = [TypeError, ReferenceError, RangeError];

/**
 * Runs a command of the project.
 *
 * @param command returns the exit code. Errors are printed as sentences, those that are mistakes of ours with
 *   their stack.
 * @param failure the exit code then. Default: 1.
 */
export async function main(command: () => Promise<number>, failure = 1): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const isMistake = mistakes.some((kind) => error instanceof kind) || !(error instanceof Error);
    console.error(isMistake ? error : `error: ${sentenceOf(error)}`);
    process.exitCode = failure;
  }
}

/** An error's message, and what helps where the system refused something. */
export function sentenceOf(error: Error): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || path === undefined) return error.message;
  if (code === "EACCES" || code === "EPERM") {
    return (
      `${error.message}\nThis user may not do that: the file or its folder is another user's, perhaps root's. Run the ` +
      "command as that user, or give the project's folder to this one with chown."
    );
  }
  if (code === "EROFS") {
    return `${error.message}\nThe project's folder must be writable: its state is kept there, in .serf.`;
  }
  return error.message;
}
