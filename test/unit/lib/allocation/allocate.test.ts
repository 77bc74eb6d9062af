import { describe, expect, test } from "vitest";
import {
  allocate,
  nothingTaken,
  together,
  type Wanted,
} from "../../../../lib/allocation/allocate.ts";
import { portPools, subnetPool } from "../../../../lib/allocation/pools.ts";
import { overlaps, planSubnet } from "../../../../lib/cluster/subnet.ts";

const automatic: Wanted = { subnet: "auto", gossipPort: "auto", rpcPort: "auto" };
const place = { stack: "pr-12", joiners: 3, recorded: {}, taken: nothingTaken };

function choice(where: Partial<typeof place> | object = {}, wanted: Partial<Wanted> = {}) {
  const { subnet, gossipPort, rpcPort } = allocate(
    { ...automatic, ...wanted },
    { ...place, ...where },
  );
  return [subnet.cidr, gossipPort, rpcPort];
}

test("a stack's name alone decides where nothing is taken", () => {
  expect(choice()).toEqual(["10.83.6.0/24", 23006, 24006]);
  expect(choice()).toEqual(choice());
  expect(choice({ stack: "pr-13" })).toEqual(["10.83.52.0/24", 23052, 24052]);
});

test("stacks with similar names are spread over the pools", () => {
  const stacks = Array.from({ length: 100 }, (_, index) => `pr-${index}`);
  const subnets = new Set(stacks.map((stack) => choice({ stack })[0]));
  expect(subnets.size).toBeGreaterThan(75);
});

test("what is taken is passed over, each value by itself", () => {
  const taken = { subnets: ["10.83.6.0/25", "10.83.7.128/30"], ports: new Set([23006, 24007]) };
  expect(choice({ taken })).toEqual(["10.83.8.0/24", 23007, 24006]);
});

test("the search goes on at the beginning of the pools", () => {
  const ports = portPools.gossipPort.filter((port) => port !== 23003);
  const subnets = ["10.83.6.0/23", "10.83.8.0/21", "10.83.16.0/20", "10.83.32.0/19"];
  const rest = ["10.83.64.0/18", "10.83.128.0/17"];
  const taken = { subnets: [...subnets, ...rest], ports: new Set(ports) };
  expect(choice({ taken })).toEqual(["10.83.0.0/24", 23003, 24006]);
});

test("with everything taken it is the stack's own place, which is then reported as taken", () => {
  const taken = { subnets: [subnetPool], ports: new Set(Object.values(portPools).flat()) };
  expect(choice({ taken })).toEqual(choice());
});

describe("what the state records", () => {
  const recorded = { subnet: "10.9.0.0/24", gossipPort: 7946, rpcPort: 7373 };

  test("stays, whatever is taken", () => {
    const taken = { subnets: ["10.9.0.0/24"], ports: new Set([7946, 7373]) };
    expect(choice({ recorded, taken })).toEqual(["10.9.0.0/24", 7946, 7373]);
    expect(choice({ recorded: { rpcPort: 7373 } })).toEqual(["10.83.6.0/24", 23006, 7373]);
  });

  test("gives way to what is configured", () => {
    const wanted = { subnet: planSubnet("10.1.0.0/24")!, gossipPort: 1, rpcPort: 2 };
    expect(choice({ recorded }, wanted)).toEqual(["10.1.0.0/24", 1, 2]);
  });

  test("is not a subnet that no stack can have", () => {
    expect(choice({ recorded: { subnet: "8.8.8.0/24" } })).toEqual(choice());
  });
});

test.each([
  [221, "10.83.6.0/24"],
  [222, "10.83.6.0/23"],
  [1000, "10.83.0.0/21"],
  // Refused for another reason, but not by an exception.
  [1e6, "10.83.0.0/16"],
])("the subnet has room for %i joiners", (joiners, cidr) => {
  expect(choice({ joiners })[0]).toBe(cidr);
});

test("the pool is none of Docker's, and of no other stack in this folder", () => {
  const others = ["172.16.0.0/12", "192.168.0.0/16", "10.213.0.0/16"];
  expect(others.filter((other) => overlaps(subnetPool, other))).toEqual([]);
});

test("what is taken adds up", () => {
  const one = { subnets: ["10.0.0.0/24"], ports: new Set([1, 2]) };
  const other = { subnets: ["10.0.1.0/24"], ports: new Set([2, 3]) };
  expect(together(one, other)).toEqual({
    subnets: ["10.0.0.0/24", "10.0.1.0/24"],
    ports: new Set([1, 2, 3]),
  });
});
