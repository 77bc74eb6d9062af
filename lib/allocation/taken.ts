/** Finds the subnets and ports that others use, on the engine and on its host. */
import { carries, type Labels, portsLabel } from "../cluster/labels.ts";
import { prefixOf } from "../cluster/subnet.ts";
import { isEngineHere } from "../engine/findPlace.ts";
import type { FoundContainer, FoundNetwork, FoundVolume } from "../engine/found.ts";
import { listContainers, listNetworks, listVolumes } from "../engine/inventory.ts";
import { nothingTaken, type Taken } from "./allocate.ts";
import { subnetPool } from "./pools.ts";
import { readProcNet } from "./procNet.ts";

/**
 * What others use, according to the engine and, if it is on this Linux host, to the kernel.
 *
 * @param labels those of the stack, whose own objects do not count.
 * @throws EngineError when the engine does not answer.
 */
export async function readTaken(labels: Labels): Promise<Taken> {
  const [containers, networks, volumes, host] = await Promise.all([
    listContainers({}),
    listNetworks(),
    listVolumes(),
    isEngineHere().then((isHere) => (isHere ? readProcNet() : nothingTaken)),
  ]);
  return takenIn({ containers, networks, volumes, host }, labels);
}

/** @param found everything on the engine, and what its host's kernel says. */
export function takenIn(
  found: {
    readonly containers: readonly FoundContainer[];
    readonly networks: readonly FoundNetwork[];
    readonly volumes: readonly FoundVolume[];
    readonly host: Taken;
  },
  labels: Labels,
): Taken {
  const isOther = (one: { readonly labels: FoundVolume["labels"] }) => !carries(one.labels, labels);
  const published = found.containers.filter(isOther).flatMap((one) => one.published);
  // Ports of stacks that are stopped, and those on the loopback of another host, show in no other way.
  const leased = found.volumes.filter(isOther).flatMap((one) => one.labels[portsLabel] ?? []);
  return {
    subnets: [
      ...found.networks.filter(isOther).flatMap(({ subnets }) => subnets),
      // A route to a network that contains the whole pool, such as the default route, leaves nothing to choose.
      ...found.host.subnets.filter((one) => prefixOf(one) > prefixOf(subnetPool)),
    ],
    ports: new Set([
      ...published.map((one) => Number(/:(\d+)\/\w+$/.exec(one)?.[1])),
      ...leased.flatMap((ports) => ports.split(",").map(Number)),
      ...found.host.ports,
    ]),
  };
}
