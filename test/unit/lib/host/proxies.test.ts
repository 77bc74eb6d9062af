import { expect, test } from "vitest";
import { withLoopback } from "../../../../lib/host/proxies.mjs";

test.each([
  [undefined, "localhost,127.0.0.1,::1"],
  ["", "localhost,127.0.0.1,::1"],
  ["localhost, 127.0.0.1", "localhost,127.0.0.1,::1"],
  [".example, 10.0.0.0/8 ,", ".example,10.0.0.0/8,localhost,127.0.0.1,::1"],
])("%j becomes %s", (hosts, all) => {
  expect(withLoopback(hosts)).toBe(all);
});
