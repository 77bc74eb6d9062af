/** Creating what must exist only once. */
import { pause } from "../../../lib/host/run.ts";
import { isServerFault } from "./failures.ts";

/** How often something is created whose creation has failed on GitHub's side. */
const attempts = 3;

/** The options of a request that the client does not repeat after a failure of GitHub's. */
export const once = { request: { retries: 0 } } as const;

/**
 * Creates something. GitHub may fail after it has created it, so this looks again before the next attempt.
 *
 * @param create sends its request with {@link once}.
 * @param wait before an attempt. Default: 1, 4 seconds.
 */
export async function createOnce<T>(
  find: () => Promise<T | undefined>,
  create: () => Promise<T>,
  wait = (attempt: number) => pause(attempt ** 2 * 1000),
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await create();
    } catch (error) {
      if (!isServerFault(error) || attempt === attempts) throw error;
    }
    await wait(attempt);
    const found = await find();
    if (found !== undefined) return found;
  }
}
