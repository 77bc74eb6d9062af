import { expect, test } from "vitest";
import { ttlSeconds } from "../../../../lib/settings/ttl.ts";

test.each([
  ["90m", 5400],
  ["8h", 28_800],
  ["3d", 259_200],
])("%s is %i seconds", (text, seconds) => {
  expect(ttlSeconds(text)).toBe(seconds);
});

test.each(["", "8", "h", "0h", "-1h", "1.5d", "8 h", "8H", "8h30m", "100000d", "8w"])(
  "%j is no ttl",
  (text) => {
    expect(ttlSeconds(text)).toBeUndefined();
  },
);
