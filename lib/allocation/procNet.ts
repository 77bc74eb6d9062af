/** Reads the routes and the ports in use from this Linux host's kernel. */
import { readFile } from "node:fs/promises";
import type { Taken } from "./allocate.ts";

/**
 * What the kernel says is in use in this network namespace.
 *
 * Sources: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html, proc_net_route(5)
 */
export async function readProcNet(): Promise<Taken> {
  const read = (name: string) => readFile(`/proc/self/net/${name}`, "utf8").catch(() => "");
  const [route, tcp, tcp6, udp, udp6] = await Promise.all(
    ["route", "tcp", "tcp6", "udp", "udp6"].map(read),
  );
  const listening = [tcp, tcp6].flatMap((text = "") => portsIn(text, tcpListen));
  const bound = [udp, udp6].flatMap((text = "") => portsIn(text));
  return { subnets: routesIn(route ?? ""), ports: new Set([...listening, ...bound]) };
}

/** The kernel's number of the state LISTEN. */
export const tcpListen = "0A";

/** The local ports in a table of sockets, for example /proc/net/tcp. */
export function portsIn(table: string, state?: string): number[] {
  return rowsOf(table).flatMap(([, local = "", , found]) => {
    const [, port] = /:([\dA-F]{4})$/.exec(local) ?? [];
    return port === undefined || (state ?? found) !== found ? [] : [parseInt(port, 16)];
  });
}

/** The destinations in /proc/net/route, in CIDR notation. */
export function routesIn(table: string): string[] {
  return rowsOf(table)
    .slice(1)
    .map(([, destination = "", , , , , , mask = ""]) => {
      const bytes = destination.match(/../g) ?? [];
      const address = bytes.reverse().map((byte) => parseInt(byte, 16));
      const prefix = parseInt(mask, 16).toString(2).replaceAll("0", "").length;
      return `${address.join(".")}/${prefix}`;
    });
}

function rowsOf(table: string): string[][] {
  const lines = table.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => line.trim().split(/\s+/));
}
