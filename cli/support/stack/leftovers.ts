/** Finds things with a stack's labels on the engine, and its agent on the host, that are not in the state. */
import { rm } from "node:fs/promises";
import { livingAgent, stopAgent } from "../../../lib/agents/process.ts";
import { carries, labelsOf, roleLabel } from "../../../lib/cluster/labels.ts";
import { namesOf, project, volumesOn } from "../../../lib/cluster/names.ts";
import { removeContainers, removeIfThere } from "../../../lib/containers/lifecycle.ts";
import type {
  FoundContainer,
  FoundImage,
  FoundNetwork,
  FoundVolume,
} from "../../../lib/engine/found.ts";
import { readInventories } from "../../../lib/engine/inventories.ts";
import { currentEngine, type NamedEngine, onEach } from "../../../lib/engine/scope.ts";
import { UserError } from "../../../lib/host/errors.ts";
import { pause } from "../../../lib/host/run.ts";
import { readSwarmInventory, type SwarmInventory } from "../../../lib/swarm/inventory.ts";
import { whatIsLeft } from "../../../lib/swarm/removal.ts";
import type { StackSettings } from "./settings.ts";
import type { RecordedResource } from "./stateFiles.ts";

export interface Leftovers {
  readonly containers: readonly FoundContainer[];
  readonly networks: readonly FoundNetwork[];
  readonly volumes: readonly FoundVolume[];
  readonly images: readonly FoundImage[];
  readonly swarm: SwarmInventory;
  /** The engines on which they are; empty if the stack has only one. */
  readonly engines: readonly NamedEngine[];
  /** The process ID of the host's agent. */
  readonly agent: number | undefined;
}

/**
 * Looks for things of the stack that are not recorded.
 *
 * @param isDataKept whether the agents' data volume is skipped; see {@link keepsData}.
 * @param recorded the IDs in the state. An empty set finds everything that belongs to the stack.
 * @param engines the engines of a stack that has several.
 */
export async function findLeftovers(
  stack: string,
  isDataKept: boolean,
  recorded: ReadonlySet<string>,
  engines: readonly NamedEngine[],
): Promise<Leftovers> {
  const labels = labelsOf(project, stack);
  const [inventory, swarm] = await Promise.all([
    readInventories(engines, labels),
    readSwarmInventory(labels),
  ]);
  const networks = inventory.networks.filter(
    (found) => carries(found.labels, labels) && !recorded.has(found.id),
  );
  const names = namesOf(project, stack);
  // A volume's name is its ID.
  const kept = [undefined, ...engines.map(({ name }) => name)].map(
    (engine) => volumesOn(names.volumes, engine).data,
  );
  const isKept = (name: string) => isDataKept && kept.includes(name);
  const volumes = inventory.volumes.filter(({ name }) => !recorded.has(name) && !isKept(name));
  const isAll = recorded.size === 0;
  return {
    engines,
    containers: inventory.containers.filter(({ id }) => !recorded.has(id)),
    networks,
    volumes,
    images: isAll ? inventory.images : [],
    swarm: {
      services: swarm.services.filter(({ id }) => !recorded.has(id)),
      secrets: swarm.secrets.filter(({ id }) => !recorded.has(id)),
      configs: swarm.configs.filter(({ id }) => !recorded.has(id)),
    },
    agent: isAll ? livingAgent(names.hostAgentDir)?.pid : undefined,
  };
}

/**
 * Whether the agents' data outlives the stack: according to its configuration, or to its state, since the
 * configuration may be in another clone.
 */
export function keepsData(
  settings: StackSettings,
  resources: readonly RecordedResource[] = [],
): boolean {
  return settings.wants("retainData") || resources.some(({ retainOnDelete }) => retainOnDelete);
}

/**
 * Refuses to destroy a stack when one of its volumes was replaced by somebody else's with the same name:
 * Pulumi identifies volumes by name only, and would remove that one.
 *
 * @param names the stack's name, and the name that it had when it was brought up.
 * @throws UserError that names these volumes.
 */
export async function refuseForeignVolumes(
  names: readonly string[],
  resources: readonly RecordedResource[],
  engines: readonly NamedEngine[],
): Promise<void> {
  const [stack = ""] = names;
  const inventories = await Promise.all(
    names.map((name) => readInventories(engines, labelsOf(project, name))),
  );
  const isForeign = (volume: string) =>
    inventories.every(({ foreign }) => foreign.volumes.includes(volume));
  const taken = resources
    .filter(({ type, retainOnDelete = false }) => type === volumeType && !retainOnDelete)
    .flatMap(({ id = "" }) => (isForeign(id) ? [id] : []));
  if (taken.length === 0) return;
  throw new UserError(
    `The engine has ${taken.map((name) => `a volume named ${name}`).join(" and ")} without the labels of ` +
      `stack ${stack}. Nothing was removed, since Pulumi would remove that volume as well. Remove it yourself, ` +
      `\`docker volume rm ${taken.join(" ")}\`, or keep the agents' data, ` +
      `\`npm run pulumi -- config set --stack ${stack} retainData true\` and \`npm start -- --stack ${stack}\`; ` +
      "then run this command again.",
  );
}

const volumeType = "docker:index/volume:Volume";

/** One line per thing, for messages. */
export function describeLeftovers({
  containers,
  networks,
  volumes,
  images,
  swarm,
  agent,
}: Leftovers): string[] {
  return [
    ...swarm.services.map(({ name }) => `service ${name}`),
    ...swarm.secrets.map(({ name }) => `secret ${name}`),
    ...swarm.configs.map(({ name }) => `configuration ${name}`),
    ...containers.map(({ name, isRunning }) => `container ${name}${isRunning ? "" : ", stopped"}`),
    ...networks.map(({ name }) => `network ${name}`),
    ...volumes.map(({ name }) => `volume ${name}`),
    ...images.map(({ names, id }) => `image ${names[0] ?? id}`),
    ...(agent === undefined ? [] : [`the host's agent, process ${agent}`]),
  ];
}

/**
 * The leftovers that keep a new stack from being created. Volumes and images do not: they are used again.
 * Neither do containers that only wrote into a volume.
 */
export function inTheWay(found: Leftovers): Leftovers {
  const containers = found.containers.filter(({ labels }) => labels[roleLabel] !== "writer");
  return { ...found, containers, volumes: [], images: [] };
}

/** Removes the leftovers, and stops the host's agent if it is one of them. */
export async function removeLeftovers(stack: string, found: Leftovers): Promise<void> {
  const { containers, networks, volumes, images, swarm, engines, agent } = found;
  await onEach(engines, async () => {
    const here = currentEngine()?.name;
    await removeContainers(containers.filter(({ engine }) => engine?.name === here));
  });
  await removeFromSwarm(stack, swarm);
  for (const { id } of networks) await removeIfThere(`/networks/${id}`);
  await onEach(engines, async () => {
    for (const path of [
      ...volumes.map(({ name }) => `/volumes/${name}`),
      // By name: an image that somebody has given another name stays under that name.
      ...images
        .flatMap(({ id, names }) => (names.length > 0 ? names : [id]))
        .map((image) => `/images/${image}?force=1`),
    ]) {
      await removeIfThere(path);
    }
  });
  if (agent !== undefined) await stopAgent(namesOf(project, stack).hostAgentDir);
  const removed = describeLeftovers(found);
  if (removed.length > 0) {
    console.log(
      `Removed ${removed.length} leftovers of stack ${stack}:\n${removed.map((one) => `  - ${one}`).join("\n")}`,
    );
  }
}

/** Milliseconds in which the nodes must have stopped the tasks of removed services. */
const taskEnd = 90_000;

async function removeFromSwarm(
  stack: string,
  { services, secrets, configs }: SwarmInventory,
): Promise<void> {
  for (const { id } of services) await removeIfThere(`/services/${id}`);
  const place = { network: namesOf(project, stack).network, labels: labelsOf(project, stack) };
  const deadline = Date.now() + (services.length > 0 ? taskEnd : 0);
  while (Date.now() < deadline && (await whatIsLeft(place)).length > 0) await pause(500);
  for (const { id } of secrets) await removeIfThere(`/secrets/${id}`);
  for (const { id } of configs) await removeIfThere(`/configs/${id}`);
}

/** Removes the files of the host's agent. */
export async function removeAgentFiles(stack: string): Promise<void> {
  await rm(namesOf(project, stack).hostAgentDir, { recursive: true, force: true });
}
