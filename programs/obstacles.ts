/** What on this host stands in the way of a stack, looked up before anything is made. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { livingAgent } from "./agentProcess.ts";
import { isLocalEngine } from "../components/engineHost.ts";
import { chosenEngine } from "./engineContext.ts";
import { carries, type Labels } from "../components/labels.ts";
import type { Names } from "../components/names.ts";
import type { Settings } from "../components/settings.ts";
import type { FoundContainer, FoundNetwork, Inventory } from "../components/standing.ts";
import { overlaps } from "../components/subnet.ts";
import { takenNames } from "../components/takenNames.ts";

/**
 * Lists the obstacles as sentences that name the setting; none when the way is clear. What the
 * stack itself holds already is no obstacle.
 */
export async function findObstacles(
  settings: Settings,
  names: Names,
  labels: Labels,
  inventory: Inventory,
): Promise<string[]> {
  return [
    ...takenNames(settings, names, labels, inventory),
    ...subnetObstacles(settings, inventory.networks, labels),
    ...rollingObstacles(settings, names, inventory),
    ...(await gossipPortObstacles(settings, inventory.containers)),
    ...(await rpcPortObstacles(settings, names, inventory.containers)),
  ];
}

function subnetObstacles(
  settings: Settings,
  networks: readonly FoundNetwork[],
  labels: Labels,
): string[] {
  const { cidr, gateway } = settings.subnet;
  const taken = networks
    .filter((found) => !carries(found.labels, labels))
    .flatMap(({ name, subnets }) =>
      subnets
        .filter((other) => overlaps(cidr, other))
        .map((other) => `the Docker network ${name} (${other})`),
    );
  // A network's bridge is an interface too, and is already named as the network.
  const isHere = isLocalEngine(chosenEngine()?.host);
  const interfaces = taken.length > 0 || !isHere ? [] : interfacesIn(cidr, gateway);
  return [...taken, ...interfaces].map(
    (other) =>
      `subnet is ${cidr}, which overlaps ${other}; choose a free one, for example ` +
      "`pulumi config set subnet 172.31.0.0/24`",
  );
}

/** What would take down more members at once than may be. */
function rollingObstacles(
  { maxUnavailable, subnet }: Settings,
  names: Names,
  { networks, containers }: Inventory,
): string[] {
  if (maxUnavailable === undefined || !containers.some(({ isRunning }) => isRunning)) return [];
  return networks
    .filter(({ name, subnets }) => name === names.network && subnets.join() !== subnet.cidr)
    .map(
      ({ subnets }) =>
        `subnet is ${subnet.cidr}, but the cluster runs in ${subnets.join()}, and another network takes all ` +
        `members down at once, while maxUnavailable is ${maxUnavailable}; set subnet back, or for this change ` +
        "`pulumi config set maxUnavailable all`",
    );
}

function interfacesIn(cidr: string, gateway: string): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(
        ({ family, address }) =>
          family === "IPv4" && address !== gateway && overlaps(cidr, `${address}/32`),
      )
      .map(({ address }) => `the host's interface ${name} (${address})`),
  );
}

async function gossipPortObstacles(
  settings: Settings,
  own: readonly FoundContainer[],
): Promise<string[]> {
  // Ports of a remote engine cannot be tried from here.
  if (!isLocalEngine(chosenEngine()?.host)) return [];
  const { publishAddress: address, gossipPort: port } = settings;
  if (port === 0) return [];
  // The seed's container has its ports now and then only where the engine starts it again and again.
  const holds = ({ state, published }: FoundContainer) =>
    state === "restarting" || published.includes(`${address}:${port}/tcp`);
  if (own.some(holds)) return [];
  const [tcp, udp] = await Promise.all([tryTcp(address, port), tryUdp(address, port)]);
  const code = tcp ?? udp;
  if (code === undefined) return [];
  if (code === "EADDRNOTAVAIL") {
    return [`publishAddress is ${address}, which is not an address of this host`];
  }
  return [
    `gossipPort is ${port}, but ${tcp ? "TCP" : "UDP"} port ${port} on ${address} ${reason(code)}; ` +
      "choose another, for example `pulumi config set gossipPort 7979`",
  ];
}

async function rpcPortObstacles(
  settings: Settings,
  names: Names,
  own: readonly FoundContainer[],
): Promise<string[]> {
  const isProcess = settings.hostAgent && settings.hostAgentIn === "process";
  const isOwn =
    livingAgent(names.hostAgentDir) !== undefined || own.some(({ name }) => name === names.host);
  if (!isProcess || isOwn) return [];
  const code = await tryTcp("127.0.0.1", settings.rpcPort);
  if (code === undefined) return [];
  return [
    `rpcPort is ${settings.rpcPort}, but TCP port ${settings.rpcPort} on 127.0.0.1 ${reason(code)}; ` +
      "choose another, for example `pulumi config set rpcPort 7374`",
  ];
}

function reason(code: string): string {
  if (code === "EADDRINUSE") return "is in use";
  if (code === "EACCES") return "may not be used by this user";
  return `cannot be used (${code})`;
}

/** @returns the error's code, or undefined when the port is free. */
function tryTcp(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => {
      server.close(() => resolve(undefined));
    });
  });
}

/** @returns the error's code, or undefined when the port is free. */
function tryUdp(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code ?? error.message);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.close(() => resolve(undefined));
    });
  });
}
