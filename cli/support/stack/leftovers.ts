/** What carries a stack's labels on the engine, or runs on the host, and is not in the state. */
import { rm } from "node:fs/promises";
import { livingAgent, stopAgent } from "../../../lib/agents/process.ts";
import { carries, labelsOf, roleLabel } from "../../../lib/cluster/labels.ts";
import { namesOf, project } from "../../../lib/cluster/names.ts";
import { removeContainers, removeIfThere } from "../../../lib/containers/lifecycle.ts";
import type {
  FoundContainer,
  FoundImage,
  FoundNetwork,
  FoundVolume,
} from "../../../lib/engine/found.ts";
import { readInventory } from "../../../lib/engine/inventory.ts";
import { UserError } from "../../../lib/host/errors.ts";
import type { StackSettings } from "./settings.ts";
import type { RecordedResource } from "./stateFiles.ts";

export interface Leftovers {
  readonly containers: readonly FoundContainer[];
  readonly networks: readonly FoundNetwork[];
  readonly volumes: readonly FoundVolume[];
  readonly images: readonly FoundImage[];
  /** The process of the host's agent. */
  readonly agent: number | undefined;
}

/**
 * Looks for what is not recorded, but for the agents' data, where the stack's configuration retains it.
 *
 * @param recorded the IDs that the state knows; none finds everything of the stack.
 */
export async function findLeftovers(
  stack: string,
  settings: StackSettings,
  recorded: ReadonlySet<string>,
): Promise<Leftovers> {
  const labels = labelsOf(project, stack);
  const inventory = await readInventory(labels);
  const networks = inventory.networks.filter(
    (found) => carries(found.labels, labels) && !recorded.has(found.id),
  );
  const names = namesOf(project, stack);
  // A volume's name is its ID.
  const retained = settings.wants("retainData") && names.volumes.data;
  const volumes = inventory.volumes.filter(({ name }) => !recorded.has(name) && name !== retained);
  const isAll = recorded.size === 0;
  return {
    containers: inventory.containers.filter(({ id }) => !recorded.has(id)),
    networks,
    volumes,
    images: isAll ? inventory.images : [],
    agent: isAll ? livingAgent(names.hostAgentDir)?.pid : undefined,
  };
}

/**
 * Refuses to destroy a stack where somebody else's volume has the name of one of it: Pulumi knows volumes by
 * their names alone, and would remove it.
 *
 * @param names the stack's name, and the one that it had when it was brought up.
 * @throws UserError that names them.
 */
export async function refuseForeignVolumes(
  names: readonly string[],
  resources: readonly RecordedResource[],
): Promise<void> {
  const [stack = ""] = names;
  const inventories = await Promise.all(
    names.map((name) => readInventory(labelsOf(project, name))),
  );
  const isForeign = (volume: string) =>
    inventories.every(({ foreign }) => foreign.volumes.includes(volume));
  const taken = resources
    .filter(({ type, retainOnDelete = false }) => type === volumeType && !retainOnDelete)
    .flatMap(({ id = "" }) => (isForeign(id) ? [id] : []));
  if (taken.length === 0) return;
  throw new UserError(
    `The engine has ${taken.map((name) => `a volume named ${name}`).join(" and ")} that does not carry the ` +
      `labels of stack ${stack}, and nothing was removed, since Pulumi would remove that as well. Remove it ` +
      `yourself, \`docker volume rm ${taken.join(" ")}\`, or keep the agents' data, ` +
      `\`npm run pulumi -- config set --stack ${stack} retainData true\` and \`npm start -- --stack ${stack}\`; ` +
      "then this command again.",
  );
}

const volumeType = "docker:index/volume:Volume";

/** A line for each, for people. */
export function describeLeftovers({
  containers,
  networks,
  volumes,
  images,
  agent,
}: Leftovers): string[] {
  return [
    ...containers.map(({ name, isRunning }) => `container ${name}${isRunning ? "" : ", stopped"}`),
    ...networks.map(({ name }) => `network ${name}`),
    ...volumes.map(({ name }) => `volume ${name}`),
    ...images.map(({ names, id }) => `image ${names[0] ?? id}`),
    ...(agent === undefined ? [] : [`the host's agent, process ${agent}`]),
  ];
}

/**
 * What of it a new stack could not be made beside. A volume or an image is simply used again, and what
 * only served to write into a volume harms nobody.
 */
export function inTheWay(found: Leftovers): Leftovers {
  const containers = found.containers.filter(({ labels }) => labels[roleLabel] !== "writer");
  return { ...found, containers, volumes: [], images: [] };
}

/** Removes what was found, and the files of the host's agent where that is part of it. */
export async function removeLeftovers(stack: string, found: Leftovers): Promise<void> {
  const { containers, networks, volumes, images, agent } = found;
  await removeContainers(containers);
  for (const path of [
    ...networks.map(({ id }) => `/networks/${id}`),
    ...volumes.map(({ name }) => `/volumes/${name}`),
    // By the names, which leaves an image to whoever has given it another one.
    ...images
      .flatMap(({ id, names }) => (names.length > 0 ? names : [id]))
      .map((image) => `/images/${image}?force=1`),
  ]) {
    await removeIfThere(path);
  }
  if (agent !== undefined) await stopAgent(namesOf(project, stack).hostAgentDir);
  const removed = describeLeftovers(found).length;
  if (removed > 0) console.log(`Removed ${removed} leftovers of stack ${stack}.`);
}

/** Removes the files of the host's agent. */
export async function removeAgentFiles(stack: string): Promise<void> {
  await rm(namesOf(project, stack).hostAgentDir, { recursive: true, force: true });
}
