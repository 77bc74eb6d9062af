/** Chooses the subnet and the ports of a stack where its settings are `auto`. */
import { createHash } from "node:crypto";
import { overlaps, planSubnet, prefixFor, type SubnetPlan, subnetsIn } from "../cluster/subnet.ts";
import { poolSize, portPools, subnetPool, usualPrefix } from "./pools.ts";

/** The value of a setting that leaves the choice to this project. */
export const auto = "auto";

/** What a stack uses of its host. */
export interface Allocation {
  readonly subnet: SubnetPlan;
  readonly gossipPort: number;
  readonly rpcPort: number;
}

/** The settings, by which any part may be left to this project. */
export type Wanted = { readonly [Key in keyof Allocation]: Allocation[Key] | typeof auto };

/** The parts that the state records, since the last deployment created them. */
export interface RecordedAllocation {
  /** In CIDR notation. */
  readonly subnet?: string | undefined;
  readonly gossipPort?: number | undefined;
  readonly rpcPort?: number | undefined;
}

/** What others use. */
export interface Taken {
  /** In CIDR notation. */
  readonly subnets: readonly string[];
  readonly ports: ReadonlySet<number>;
}

export const nothingTaken: Taken = { subnets: [], ports: new Set() };

/** Adds up what is taken. */
export function together(...all: readonly Taken[]): Taken {
  return {
    subnets: all.flatMap(({ subnets }) => subnets),
    ports: new Set(all.flatMap(({ ports }) => [...ports])),
  };
}

/** What a choice depends on. */
export interface AllocationPlace {
  readonly stack: string;
  /** The number of joiners for which a subnet must have room. */
  readonly joiners: number;
  readonly recorded: RecordedAllocation;
  readonly taken: Taken;
}

/**
 * Chooses what is `auto`. What the state records stays. Otherwise the stack's name gives the place in the pools at
 * which the search for a free value begins, so that stacks that are brought up at the same moment rarely choose the
 * same. If all are taken, it is the first one of the search, which is then reported as taken.
 */
export function allocate(wanted: Wanted, place: AllocationPlace): Allocation {
  const { stack, joiners, recorded, taken } = place;
  const slot = slotOf(stack);
  const choose = <T>(pool: readonly T[], isTaken: (one: T) => boolean): T => {
    const candidates = rotated(pool, slot);
    return candidates.find((one) => !isTaken(one)) ?? candidates[0]!;
  };
  const port = (key: keyof typeof portPools) => {
    const value = wanted[key];
    return value === auto
      ? (recorded[key] ?? choose(portPools[key], (one) => taken.ports.has(one)))
      : value;
  };
  const subnet = () => {
    const prefix = Math.min(usualPrefix, prefixFor(joiners));
    const isTaken = (one: string) => taken.subnets.some((other) => overlaps(one, other));
    return planSubnet(choose(subnetsIn(subnetPool, prefix), isTaken))!;
  };
  return {
    subnet:
      wanted.subnet === auto ? (planSubnet(recorded.subnet ?? "") ?? subnet()) : wanted.subnet,
    gossipPort: port("gossipPort"),
    rpcPort: port("rpcPort"),
  };
}

/** A stack's place in the pools. */
function slotOf(stack: string): number {
  return createHash("sha256").update(stack).digest().readUInt32BE() % poolSize;
}

/** The pool from a stack's place to its end, then from its beginning. */
function rotated<T>(pool: readonly T[], slot: number): readonly T[] {
  const start = Math.floor((slot * pool.length) / poolSize);
  return [...pool.slice(start), ...pool.slice(0, start)];
}
