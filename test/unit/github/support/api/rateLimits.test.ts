import { expect, test } from "vitest";
import { secondsToWait } from "../../../../../github/support/api/rateLimits.ts";

const now = Date.UTC(2026, 10, 27);
const forbidden = "Resource not accessible by integration";
const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes.";

test.each([
  ["the time that it names", 429, "Too Many Requests", { "retry-after": "7" }, 7],
  ["the time that it names", 403, secondary, { "retry-after": "0" }, 0],
  ["a minute if it names none", 403, secondary, {}, 60],
  ["a minute if it names none", 429, "Too Many Requests", {}, 60],
  [
    "until the limit is reset",
    ...[403, "API rate limit exceeded for installation ID 1."],
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 + 30) },
    31,
  ],
  [
    "a second if it has been reset",
    ...[403, "API rate limit exceeded"],
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 - 30) },
    1,
  ],
  ["not, for a permission", 403, forbidden, { "x-ratelimit-remaining": "4999" }, undefined],
  ["not, for other faults", 404, "Not Found", { "retry-after": "7" }, undefined],
  ["not, for other faults", 502, "Bad Gateway", {}, undefined],
] as const)("it waits %s (%i, %s)", (_, status, message, headers, seconds) => {
  expect(secondsToWait({ status, message, headers }, now)).toBe(seconds);
});
