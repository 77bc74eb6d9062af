import { UserError } from "../lib/host/errors.ts";

/** Errors that only a bug in the code throws. The messages of all other errors are meant for the user. */
const bugs = [TypeError, ReferenceError, RangeError];

/**
 * Runs a command of the project.
 *
 * @param command returns the exit code. If it throws, the message is printed; for a bug, the stack as well.
 * @param failure the exit code if it throws. Default: 1.
 */
export async function main(command: () => Promise<number>, failure = 1): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const isBug = bugs.some((kind) => error instanceof kind) || !(error instanceof Error);
    console.error(isBug ? error : `error: ${messageOf(error)}`);
    process.exitCode = failure;
  }
}

/** An error's message, with advice when the system denied access. */
export function messageOf(error: Error): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || path === undefined) return error.message;
  if (code === "EACCES" || code === "EPERM") {
    return (
      `${error.message}\nThis user is not allowed to do that: the file or its folder belongs to another user, perhaps ` +
      "root. Run the command as that user, or make this user the owner of the project's folder with chown."
    );
  }
  if (code === "EROFS") {
    return `${error.message}\nThe project's folder must be writable: its state is kept there, in .serf.`;
  }
  return error.message;
}
