import { pause } from "../../../../lib/host/run.ts";

/**
 * Looks for something until it is there.
 *
 * @param what names it, for the error.
 * @param timeout milliseconds.
 * @throws Error when it is not there in time.
 */
export async function eventually<T>(
  what: string,
  timeout: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline)
      throw new Error(`${what} did not appear within ${timeout / 1000} s.`);
    await pause(20);
  }
}
