/** Finds obstacles to a stack on the engine and the host, before anything is created. */
import { networkInterfaces } from "node:os";
import { carries, type Labels } from "../cluster/labels.ts";
import type { Names } from "../cluster/names.ts";
import { overlaps } from "../cluster/subnet.ts";
import type { RecordedState } from "../drift/recorded.ts";
import { engineFacts, isEngineHere } from "../engine/findPlace.ts";
import type { FoundContainer, FoundNetwork, Inventory } from "../engine/found.ts";
import { joinerNames } from "../settings/members/groups.ts";
import { otherPort } from "../settings/rules.ts";
import type { Settings } from "../settings/types.ts";
import { type EnginePlace, hostAgentObstacles, isSwarmPort, swarm } from "./hostAgentObstacles.ts";
import { reasonOf, tryTcp, tryUdp } from "./portTrial.ts";
import { takenNames } from "./takenNames.ts";

/**
 * Lists the obstacles as sentences that name the setting; empty if there are none. What the stack itself already
 * uses is not an obstacle.
 */
export async function findObstacles(
  settings: Settings,
  names: Names,
  labels: Labels,
  inventory: Inventory,
  recorded: RecordedState,
  images: readonly string[],
): Promise<string[]> {
  const place = { isHere: await isEngineHere(), engine: await engineFacts() };
  const { containers } = inventory;
  return [
    ...takenNames(settings, names, labels, { ...inventory, wantedImages: images }),
    ...unrecordedObstacles(settings, names, labels, inventory, recorded),
    ...subnetObstacles(settings, inventory.networks, labels, place),
    ...rollingObstacles(settings, names, inventory),
    ...(await gossipPortObstacles(settings, containers, place)),
    ...(await hostAgentObstacles(settings, names, containers, place)),
  ];
}

/** Objects that the stack has created but its state does not contain, so that it would create them again. */
export function unrecordedObstacles(
  settings: Settings,
  names: Names,
  labels: Labels,
  { containers, networks }: Inventory,
  recorded: RecordedState,
): string[] {
  const wanted = new Set([names.seed, ...joinerNames(settings.groups, names.prefix)]);
  const lost = containers.filter(({ name }) => wanted.has(name) && !recorded.containers.has(name));
  const isNetworkLost = !recorded.networks.has(names.network);
  return [
    ...lost.map(
      ({ name, id }) =>
        `the engine has the container ${name}, which is not in the state; adopt it with \`pulumi import ` +
        `docker:index/container:Container\` and the ID ${id.slice(0, 12)}, or remove it with \`docker rm ` +
        `--force ${name}\``,
    ),
    ...networks
      // A network with this name that is not the stack's is reported as a taken name.
      .filter(
        (found) => isNetworkLost && found.name === names.network && carries(found.labels, labels),
      )
      .map(
        ({ name }) =>
          `the engine has the network ${name}, which is not in the state; remove it with ` +
          `\`docker network rm ${name}\``,
      ),
  ];
}

/** What overlaps the stack's subnet. */
export function subnetObstacles(
  settings: Pick<Settings, "subnet">,
  networks: readonly FoundNetwork[],
  labels: Labels,
  { isHere }: EnginePlace,
): string[] {
  const { cidr, gateway } = settings.subnet;
  const taken = networks
    .filter((found) => !carries(found.labels, labels))
    .flatMap(({ name, subnets }) =>
      subnets
        .filter((other) => overlaps(cidr, other))
        .map((other) => `the Docker network ${name} (${other})`),
    );
  // The bridge of an overlapping network is an interface too, but has been reported as the network.
  const interfaces = taken.length > 0 || !isHere ? [] : interfacesIn(cidr, gateway);
  return [...taken, ...interfaces].map(
    (other) =>
      `subnet is ${cidr}, which overlaps ${other}; choose a free one, for example ` +
      "`pulumi config set subnet 172.31.0.0/24`",
  );
}

/** Changes that would take down more members at once than maxUnavailable allows. */
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
        `subnet is ${subnet.cidr}, but the cluster runs in ${subnets.join()}, and changing the network takes ` +
        `all members down at once, while maxUnavailable is ${maxUnavailable}; set subnet back, or allow that ` +
        "with `pulumi config set maxUnavailable all`",
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
  { isHere, engine }: EnginePlace,
): Promise<string[]> {
  const { publishAddress: address, gossipPort: port } = settings;
  // While the engine keeps restarting the seed's container, it holds its ports only part of the time.
  const holds = ({ state, published }: FoundContainer) =>
    state === "restarting" || published.includes(`${address}:${port}/tcp`);
  if (own.some(holds)) return [];
  const advice = `choose another, for example \`pulumi config set gossipPort ${otherPort(port)}\``;
  // The ports of a remote engine's host cannot be tested from here.
  if (!isHere)
    return isSwarmPort(port, engine) ? [`gossipPort is ${port}, but ${swarm}; ${advice}`] : [];
  const [tcp, udp] = await Promise.all([tryTcp(address, port), tryUdp(address, port)]);
  const code = tcp ?? udp;
  if (code === undefined) return [];
  if (code === "EADDRNOTAVAIL") {
    return [
      `publishAddress is ${address}, which is not an address of this host; set it to one of them`,
    ];
  }
  const place = `${tcp ? "TCP" : "UDP"} port ${port} on ${address} ${reasonOf(code)}`;
  return [`gossipPort is ${port}, but ${isSwarmPort(port, engine) ? swarm : place}; ${advice}`];
}

/** Every obstacle, in one message. Nothing has been created yet. */
export function describeObstacles(obstacles: readonly string[]): string {
  const [only = "", ...others] = obstacles;
  return others.length === 0
    ? `The stack cannot be brought up here: ${only}`
    : `The stack cannot be brought up here, for ${obstacles.length} reasons:\n` +
        obstacles.map((obstacle) => `  - ${obstacle}`).join("\n");
}
