import { expect, test } from "vitest";
import { assignAddresses } from "../../../../lib/plan/addresses.ts";
import { planSubnet } from "../../../../lib/cluster/subnet.ts";

const subnet = planSubnet("10.9.0.0/28")!;

function assign(names: string[], found: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(assignAddresses(names, subnet, new Map(Object.entries(found))));
}

test("a new cluster gets consecutive addresses", () => {
  expect(assign(["a", "b"])).toEqual({ a: "10.9.0.3", b: "10.9.0.4" });
});

test("existing joiners keep their addresses, and new ones fill the gaps", () => {
  const found = { b: "10.9.0.3", d: "10.9.0.5" };
  expect(assign(["a", "b", "c", "d"], found)).toEqual({
    a: "10.9.0.4",
    b: "10.9.0.3",
    c: "10.9.0.6",
    d: "10.9.0.5",
  });
});

test("an address of another subnet, of the seed, or of two joiners is not kept", () => {
  const found = { a: "10.8.0.3", b: "10.9.0.2", c: "10.9.0.4", d: "10.9.0.4" };
  expect(assign(["a", "b", "c", "d"], found)).toEqual({
    a: "10.9.0.3",
    b: "10.9.0.5",
    c: "10.9.0.4",
    d: "10.9.0.6",
  });
});

test("the subnet is used up to its last address", () => {
  const names = Array.from({ length: subnet.capacity }, (_, index) => `m${index}`);
  expect(Object.values(assign(names)).at(-1)).toBe("10.9.0.13");
});
