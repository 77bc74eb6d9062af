import { expect, test } from "vitest";
import {
  addressOfIndex,
  indexOfAddress,
  isAddress,
  overlaps,
  planSubnet,
  prefixFor,
} from "../../../../lib/cluster/subnet.ts";

test("a /24 is divided between gateway, seed, joiners and Docker's own range", () => {
  const plan = planSubnet("172.30.0.0/24")!;
  expect(plan).toEqual({
    cidr: "172.30.0.0/24",
    gateway: "172.30.0.1",
    seed: "172.30.0.2",
    dynamicRange: "172.30.0.224/27",
    capacity: 221,
  });
  expect(addressOfIndex(plan, 1)).toBe("172.30.0.3");
  expect(addressOfIndex(plan, plan.capacity)).toBe("172.30.0.223");
  expect(["172.30.0.3", "172.30.0.223"].map((one) => indexOfAddress(plan, one))).toEqual([1, 221]);
  for (const other of ["172.30.0.2", "172.30.0.224", "172.31.0.3", ""]) {
    expect(indexOfAddress(plan, other), other).toBeUndefined();
  }
});

test("addresses carry over into the next byte", () => {
  const plan = planSubnet("10.1.254.0/23")!;
  expect(addressOfIndex(plan, 254)).toBe("10.1.255.0");
});

test.each([
  "172.30.0.0/15",
  "10.0.0.0/29",
  "172.30.0.4/24",
  "172.32.0.0/24",
  "11.0.0.0/24",
  "fd00::/64",
  "172.30.0.0",
  "172.30.0/24",
  "172.30.0.0/24/1",
  "172.030.0.0/24",
  "256.0.0.0/24",
])("%s is not a valid subnet for a cluster", (cidr) => {
  expect(planSubnet(cidr)).toBeUndefined();
});

test.each([
  [0, 28],
  [11, 28],
  [12, 27],
  [221, 24],
  [222, 23],
  [1000, 21],
])("%i joiners need a /%i", (joiners, prefix) => {
  expect(prefixFor(joiners)).toBe(prefix);
  expect(planSubnet(`172.16.0.0/${prefix}`)!.capacity).toBeGreaterThanOrEqual(joiners);
});

test.each([
  ["172.30.0.0/24", "172.30.0.0/16", true],
  ["172.30.0.0/16", "172.30.9.0/24", true],
  ["172.30.0.0/24", "172.30.1.0/24", false],
  ["172.30.0.0/24", "172.30.0.77/32", true],
  ["172.30.0.0/24", "fd00::/64", false],
  ["10.0.0.0/8", "0.0.0.0/0", true],
])("%s and %s overlap: %s", (one, other, expected) => {
  expect(overlaps(one, other)).toBe(expected);
  expect(overlaps(other, one)).toBe(expected);
});

test("addresses are dotted decimals", () => {
  expect(isAddress("127.0.0.1")).toBe(true);
  expect(["1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "::1", ""].some(isAddress)).toBe(false);
});
