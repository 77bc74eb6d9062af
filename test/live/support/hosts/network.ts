/** The network between this machine and the second host. */
import { existsSync, readFileSync } from "node:fs";
import { isAddress, overlaps } from "../../../../lib/cluster/subnet.ts";
import { run } from "../../../../lib/host/run.ts";

/** The second host's address. */
export const address = "10.213.77.2";

/** This machine's address on the link. */
const gateway = "10.213.77.1";
const subnet = "10.213.77.0/30";

/** The name of the link's interface on this machine. */
const linkName = "serf-second";

/** Firewall rules to accept: Docker's own rules forward only Docker's packets. */
const rules = [
  { table: "filter", chain: "FORWARD", rule: `-s ${subnet} -j ACCEPT` },
  {
    table: "filter",
    chain: "FORWARD",
    rule: `-d ${subnet} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
  },
  { table: "nat", chain: "POSTROUTING", rule: `-s ${subnet} ! -d ${subnet} -j MASQUERADE` },
];

/**
 * Links this machine with a process's network namespace, which then reaches the same network as this machine.
 *
 * @param inside runs a program in that namespace.
 * @throws Error when the link's addresses are in use, or IP forwarding is off on this machine.
 */
export async function makeLink(
  pid: number,
  inside: (file: string, ...args: string[]) => Promise<string>,
): Promise<void> {
  const routes = await run("ip", ["-4", "route", "show", "table", "all"]);
  const taken = [...routes.matchAll(/^(?:[a-z]+ )?(\d[\d.]*)(\/\d+)?/gm)]
    .map(([, start, prefix]) => `${start!}${prefix ?? "/32"}`)
    .find((range) => overlaps(subnet, range));
  if (taken !== undefined) {
    throw new Error(`A second host needs the subnet ${subnet}, but there is a route to ${taken}.`);
  }
  if (readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim() !== "1") {
    throw new Error(
      "A second host needs IP forwarding on this machine, but net.ipv4.ip_forward is 0.",
    );
  }
  const peer = ["peer", "name", "eth0", "netns", String(pid)];
  await run("ip", ["link", "add", linkName, "type", "veth", ...peer]);
  await run("ip", ["address", "add", `${gateway}/30`, "dev", linkName]);
  await run("ip", ["link", "set", linkName, "up"]);
  await inside("ip", "link", "set", "lo", "up");
  await inside("ip", "address", "add", `${address}/30`, "dev", "eth0");
  await inside("ip", "link", "set", "eth0", "up");
  await inside("ip", "route", "add", "default", "via", gateway);
  // Insert first: the local firewall's last rule may reject everything.
  for (const { table, chain, rule } of rules) await iptables(table, "--insert", chain, rule);
}

/** Removes the link and its firewall rules, as far as they exist. */
export async function removeLink(): Promise<void> {
  for (const { table, chain, rule } of rules) {
    const isThere = () =>
      iptables(table, "--check", chain, rule).then(
        () => true,
        () => false,
      );
    while (await isThere()) await iptables(table, "--delete", chain, rule);
  }
  // The kernel removes it with the other end's namespace, but may do so later.
  const isThere = () => existsSync(`/sys/class/net/${linkName}`);
  if (!isThere()) return;
  await run("ip", ["link", "delete", linkName]).catch((error: unknown) => {
    if (isThere()) throw error;
  });
}

async function iptables(table: string, action: string, chain: string, rule: string) {
  // Wait for the lock: Docker changes rules as well, and legacy iptables allows one change at a time.
  await run("iptables", ["--wait", "5", "--table", table, action, chain, ...rule.split(" ")]);
}

/**
 * This machine's resolvers that another machine can reach as well, as lines of a resolv.conf.
 *
 * @throws Error when there is none.
 */
export function resolverLines(): string {
  // When systemd-resolved answers on loopback, this file lists the servers that it uses.
  for (const file of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    if (!existsSync(file)) continue;
    const servers = [...readFileSync(file, "utf8").matchAll(/^nameserver\s+(\S+)/gm)]
      .map(([, server]) => server!)
      .filter((server) => isAddress(server) && !server.startsWith("127."));
    if (servers.length > 0) return servers.map((server) => `nameserver ${server}\n`).join("");
  }
  throw new Error(
    "A second host needs a resolver, and /etc/resolv.conf names none but loopback's.",
  );
}
