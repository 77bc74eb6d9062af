/** The network between this machine and its simulated hosts: a bridge, and a link into each host. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { overlaps } from "../../../../lib/cluster/subnet.ts";
import { run } from "../../../../lib/host/run.ts";

/** A network's name and addresses. */
export interface NetworkPlan {
  /** The bridge's name, and the prefix of the links' names; up to 11 characters. */
  readonly name: string;
  /** The first three bytes of a private /24, for example `10.213.77`. The first address is this machine's. */
  readonly prefix: string;
}

/** Runs a program in a host's namespaces. */
export type Inside = (file: string, ...args: string[]) => Promise<string>;

export function subnetOf({ prefix }: NetworkPlan): string {
  return `${prefix}.0/24`;
}

/** @param number of the host, 2 to 254. */
export function addressOf({ prefix }: NetworkPlan, number: number): string {
  return `${prefix}.${number}`;
}

/** The name of a host's link on this machine. */
function linkOf({ name }: NetworkPlan, number: number): string {
  return `${name}-${number}`;
}

/** An Ethernet address that a host keeps when it restarts, so that others need not learn a new one. */
function hardwareAddress(address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return ["02", "00", ...bytes].join(":");
}

/** Firewall rules to accept: Docker's own rules forward only Docker's packets. */
function rulesOf(plan: NetworkPlan) {
  const subnet = subnetOf(plan);
  return [
    { table: "filter", chain: "FORWARD", rule: `-s ${subnet} -j ACCEPT` },
    {
      table: "filter",
      chain: "FORWARD",
      rule: `-d ${subnet} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    },
    { table: "nat", chain: "POSTROUTING", rule: `-s ${subnet} ! -d ${subnet} -j MASQUERADE` },
  ];
}

/**
 * Creates the bridge. Its hosts reach the same network as this machine.
 *
 * @throws Error when its addresses are in use, or IP forwarding is off on this machine.
 */
export async function makeNetwork(plan: NetworkPlan): Promise<void> {
  const subnet = subnetOf(plan);
  const routes = await run("ip", ["-4", "route", "show", "table", "all"]);
  const taken = [...routes.matchAll(/^(?:[a-z]+ )?(\d[\d.]*)(\/\d+)?/gm)]
    .map(([, start, prefix]) => `${start!}${prefix ?? "/32"}`)
    .find((range) => overlaps(subnet, range));
  if (taken !== undefined) {
    throw new Error(`${plan.name} needs the subnet ${subnet}, but there is a route to ${taken}.`);
  }
  if (readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim() !== "1") {
    throw new Error(
      `${plan.name} needs IP forwarding on this machine, but net.ipv4.ip_forward is 0.`,
    );
  }
  const gateway = addressOf(plan, 1);
  // Otherwise a bridge has the lowest of its links' addresses, which changes with each of them.
  const hardware = ["address", hardwareAddress(gateway)];
  await run("ip", ["link", "add", "name", plan.name, ...hardware, "type", "bridge"]);
  await run("ip", ["address", "add", `${gateway}/24`, "dev", plan.name]);
  await run("ip", ["link", "set", plan.name, "up"]);
  // Insert first: the local firewall's last rule may reject everything.
  for (const { table, chain, rule } of rulesOf(plan)) {
    await iptables(table, "--insert", chain, rule);
  }
}

/** Links a process's network namespace with the bridge, as eth0. */
export async function attach(
  plan: NetworkPlan,
  number: number,
  pid: number,
  inside: Inside,
): Promise<void> {
  const [link, address] = [linkOf(plan, number), addressOf(plan, number)];
  const peer = ["peer", "name", "eth0", "address", hardwareAddress(address), "netns", String(pid)];
  await run("ip", ["link", "add", link, "master", plan.name, "type", "veth", ...peer]);
  await run("ip", ["link", "set", link, "up"]);
  await inside("ip", "link", "set", "lo", "up");
  await inside("ip", "address", "add", `${address}/24`, "dev", "eth0");
  await inside("ip", "link", "set", "eth0", "up");
  await inside("ip", "route", "add", "default", "via", addressOf(plan, 1));
}

/** Removes a host's link, if it exists. */
export async function detach(plan: NetworkPlan, number: number): Promise<void> {
  await removeLink(linkOf(plan, number));
}

/** Cuts a host's link, or mends it. */
export async function switchLink(
  plan: NetworkPlan,
  number: number,
  state: "up" | "down",
): Promise<void> {
  await run("ip", ["link", "set", linkOf(plan, number), state]);
}

/** Removes the network, as far as it exists. */
export async function removeNetwork(plan: NetworkPlan): Promise<void> {
  for (const { table, chain, rule } of rulesOf(plan)) {
    const isThere = () =>
      iptables(table, "--check", chain, rule).then(
        () => true,
        () => false,
      );
    while (await isThere()) await iptables(table, "--delete", chain, rule);
  }
  const links = readdirSync("/sys/class/net").filter(
    (link) => link.startsWith(`${plan.name}-`) && /^\d+$/.test(link.slice(plan.name.length + 1)),
  );
  for (const link of [...links, plan.name]) await removeLink(link);
}

async function removeLink(link: string): Promise<void> {
  // The kernel removes it with the other end's namespace, but may do so later.
  const isThere = () => existsSync(`/sys/class/net/${link}`);
  if (!isThere()) return;
  await run("ip", ["link", "delete", link]).catch((error: unknown) => {
    if (isThere()) throw error;
  });
}

async function iptables(table: string, action: string, chain: string, rule: string) {
  // Wait for the lock: Docker changes rules as well, and legacy iptables allows one change at a time.
  await run("iptables", ["--wait", "5", "--table", table, action, chain, ...rule.split(" ")]);
}
