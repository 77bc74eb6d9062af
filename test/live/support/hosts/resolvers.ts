import { existsSync, readFileSync } from "node:fs";
import { isAddress } from "../../../../lib/cluster/subnet.ts";

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
    "A simulated host needs a resolver, and /etc/resolv.conf names none but loopback's.",
  );
}
