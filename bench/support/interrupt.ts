/** Lets an interrupted run stop its children and clean up. */

const controller = new AbortController();

/** Aborted when the run should end early. */
export const interrupted = controller.signal;

/**
 * Makes SIGINT and SIGTERM abort {@link interrupted} while a task runs, so that its `finally` blocks are run.
 */
export async function interruptible<T>(task: () => Promise<T>): Promise<T> {
  const abort = (signal: NodeJS.Signals) => controller.abort(new Error(`ended by ${signal}`));
  process.on("SIGINT", abort).on("SIGTERM", abort);
  try {
    return await task();
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort);
  }
}

/** Waits. Throws when the run is interrupted. */
export async function rest(milliseconds: number): Promise<void> {
  interrupted.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  interrupted.throwIfAborted();
}
