/** The address plan of a stack's IPv4 subnet. All members have fixed addresses. */
export interface SubnetPlan {
  /** The subnet in CIDR notation, as configured. */
  readonly cidr: string;
  /** The bridge's own address, the first of the subnet. It is also the address of the host's agent. */
  readonly gateway: string;
  /** The seed's address, the second of the subnet. */
  readonly seed: string;
  /** The last eighth of the subnet, from which Docker assigns addresses to other containers. */
  readonly dynamicRange: string;
  /** How many joiners fit between the seed and the dynamic range. */
  readonly capacity: number;
}

const smallestPrefix = 16;
const largestPrefix = 28;

/** The subnets that `planSubnet` accepts, for error messages. */
export const allowedSubnets = `a private IPv4 network in CIDR notation, from /${smallestPrefix} to /${largestPrefix}, for example 172.30.0.0/24`;

/**
 * Plans the addresses of a subnet.
 *
 * The members' addresses are outside the range from which Docker assigns, so that no other container can take the
 * address of a stopped member.
 *
 * @returns the plan, or undefined if `cidr` is not one of the {@link allowedSubnets}.
 */
export function planSubnet(cidr: string): SubnetPlan | undefined {
  const range = parseCidr(cidr);
  if (range === undefined || !isPrivate(range)) return undefined;
  if (range.prefix < smallestPrefix || range.prefix > largestPrefix) return undefined;
  const size = 2 ** (32 - range.prefix);
  const dynamicSize = size / 8;
  return {
    cidr,
    gateway: formatAddress(range.base + 1),
    seed: formatAddress(range.base + 2),
    dynamicRange: `${formatAddress(range.base + size - dynamicSize)}/${range.prefix + 3}`,
    capacity: size - dynamicSize - 3,
  };
}

/** The address of a joiner. The index starts at 1, and the addresses follow the seed's. */
export function addressOfIndex(plan: SubnetPlan, index: number): string {
  return formatAddress(parseAddress(plan.seed)! + index);
}

/** The reverse of {@link addressOfIndex}; undefined if it is not a joiner's address in this subnet. */
export function indexOfAddress(plan: SubnetPlan, address: string): number | undefined {
  const index = (parseAddress(address) ?? 0) - parseAddress(plan.seed)!;
  return index >= 1 && index <= plan.capacity ? index : undefined;
}

/** The longest prefix whose subnet has room for this many joiners. */
export function prefixFor(joiners: number): number {
  let prefix = largestPrefix;
  while (2 ** (32 - prefix) * (7 / 8) - 3 < joiners) prefix--;
  return prefix;
}

/** All subnets with a prefix in a network, in order; the network itself if the prefix is not longer. */
export function subnetsIn(network: string, prefix: number): string[] {
  const range = parseCidr(network)!;
  const own = Math.max(prefix, range.prefix);
  return Array.from(
    { length: 2 ** (own - range.prefix) },
    (_, index) => `${formatAddress(range.base + index * 2 ** (32 - own))}/${own}`,
  );
}

/** Whether two CIDR ranges overlap. False if either is not IPv4. */
export function overlaps(one: string, other: string): boolean {
  const a = parseCidr(one);
  const b = parseCidr(other);
  if (a === undefined || b === undefined) return false;
  const size = 2 ** (32 - Math.min(a.prefix, b.prefix));
  return Math.floor(a.base / size) === Math.floor(b.base / size);
}

/** The length of a range's prefix; 0 if it is not IPv4. */
export function prefixOf(cidr: string): number {
  return parseCidr(cidr)?.prefix ?? 0;
}

/** Whether the text is an IPv4 address in dotted decimal notation. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

interface Range {
  readonly base: number;
  readonly prefix: number;
}

function parseCidr(text: string): Range | undefined {
  const [address, prefixText, ...rest] = text.split("/");
  if (address === undefined || prefixText === undefined || rest.length > 0) return undefined;
  if (!/^\d{1,2}$/.test(prefixText)) return undefined;
  const base = parseAddress(address);
  const prefix = Number(prefixText);
  if (base === undefined || prefix > 32 || base % 2 ** (32 - prefix) !== 0) return undefined;
  return { base, prefix };
}

function isPrivate({ base, prefix }: Range): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseCidr).some((block) => {
    const size = 2 ** (32 - block!.prefix);
    return prefix >= block!.prefix && Math.floor(base / size) === Math.floor(block!.base / size);
  });
}

function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) {
    return undefined;
  }
  const bytes = parts.map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
