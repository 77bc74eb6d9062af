/** Where automatic subnets and ports come from. */

/**
 * The network from which subnets are taken. Neither Docker's own address pools (172.17.0.0 to 172.31.255.255 and
 * 192.168.0.0/16) nor the usual networks of Swarm, Kubernetes and virtual machines overlap it. Source:
 * https://docs.docker.com/engine/network/#automatic-subnet-allocation
 */
export const subnetPool = "10.83.0.0/16";

/** The prefix of a subnet from the pool, unless the stack has more joiners than fit. */
export const usualPrefix = 24;

/** How many subnets of the usual size and how many ports of each kind there are. */
export const poolSize = 256;

/** The pools of ports. They are below the ports that Linux and Docker assign by themselves, from 32768. */
export const portPools = {
  gossipPort: portsFrom(23_000),
  rpcPort: portsFrom(24_000),
};

function portsFrom(first: number): readonly number[] {
  return Array.from({ length: poolSize }, (_, index) => first + index);
}

/** A pool of ports, for messages. */
export function rangeOf(pool: readonly number[]): string {
  return `${pool[0]!} to ${pool.at(-1)!}`;
}
