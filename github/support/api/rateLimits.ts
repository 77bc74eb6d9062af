/** How long GitHub wants its callers to wait. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */

/** A refusal, as far as it tells of rate limits. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** What GitHub's documentation asks for when it names no time. */
const secondaryWait = 60;

/**
 * The seconds after which a refused request may be repeated.
 *
 * @param now in milliseconds.
 * @returns undefined if it was not refused for a rate limit.
 */
export function secondsToWait(
  { status, message, headers }: Refusal,
  now: number,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const wait = Number(headers["retry-after"]);
  if (Number.isFinite(wait) && wait >= 0) return wait;
  if (String(headers["x-ratelimit-remaining"]) === "0") {
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    // One second more, since the limit is reset at that time and clocks differ.
    return Number.isFinite(reset)
      ? Math.max(0, Math.ceil((reset - now) / 1000)) + 1
      : secondaryWait;
  }
  return status === 429 || /\bsecondary rate limit\b/i.test(message) ? secondaryWait : undefined;
}
