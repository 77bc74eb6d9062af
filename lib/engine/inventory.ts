import { carries, type Labels, projectLabel, roleLabel, stackLabel } from "../cluster/labels.ts";
import { namesOf } from "../cluster/names.ts";
import { engine, query } from "./api.ts";
import { currentEngine } from "./scope.ts";
import type { FoundContainer, FoundImage, FoundNetwork, FoundVolume, Inventory } from "./found.ts";

/**
 * Lists the objects on the engine, and separates those of a stack from all others.
 *
 * @throws EngineError when the engine does not answer.
 */
export async function readInventory(labels: Labels): Promise<Inventory> {
  const [all, networks, images, volumes] = await Promise.all([
    listContainers({}),
    listNetworks(),
    listImages({}),
    listVolumes(),
  ]);
  // A user's container that was created from the stack's image inherits its labels, but has no role label. The tasks
  // of services are Swarm's.
  const isOwn = ({ labels: found }: FoundContainer) =>
    carries(found, labels) && found[roleLabel] !== undefined && found[taskLabel] === undefined;
  const ownImages = images.flatMap((found) => ownImage(found, labels) ?? []);
  const ownImageNames = new Set(ownImages.flatMap(({ names }) => names));
  const isOwnVolume = (found: FoundVolume) => carries(found.labels, labels);
  return {
    containers: all.filter(isOwn),
    networks,
    images: ownImages,
    volumes: volumes.filter(isOwnVolume),
    foreign: {
      containers: all.filter((found) => !isOwn(found)).map(({ name }) => name),
      volumes: volumes.filter((found) => !isOwnVolume(found)).map(({ name }) => name),
      images: images.flatMap(({ names }) => names).filter((name) => !ownImageNames.has(name)),
    },
  };
}

/** Swarm's label of a container that it runs. */
const taskLabel = "com.docker.swarm.task.id";

/**
 * An image of the stack, with the names that the stack gave it. It may have lost them, and a user may have added
 * others.
 */
function ownImage(image: FoundImage, labels: Labels): FoundImage | undefined {
  if (!carries(image.labels, labels)) return undefined;
  const { prefix } = namesOf(labels[projectLabel], labels[stackLabel]);
  const names = image.names.filter((name) => name.startsWith(`${prefix}:`));
  // A user's image that was built from the stack's image inherits its labels.
  return names.length === 0 && image.names.length > 0 ? undefined : { ...image, names };
}

/** The containers with all these labels, including those that are not running. */
export async function listContainers(
  labels: Readonly<Record<string, string>>,
): Promise<FoundContainer[]> {
  const path = `/containers/json?${query({ all: "1", filters: filters(labels) })}`;
  const found = (await engine({ method: "GET", path })) as ApiContainer[];
  const place = currentEngine();
  return found.map(({ Id, Names, State, Labels, Ports, NetworkSettings, Created }) => ({
    ...(place && { engine: place }),
    id: Id,
    name: (Names[0] ?? "").replace(/^\//, ""),
    isRunning: State === "running",
    state: State,
    labels: Labels,
    address: Object.values(NetworkSettings.Networks)[0]?.IPAMConfig?.IPv4Address,
    networks: Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID),
    published: (Ports ?? [])
      .filter(({ PublicPort }) => PublicPort !== undefined)
      .map(({ IP, PublicPort, Type }) => `${IP ?? ""}:${String(PublicPort)}/${Type}`),
    created: Created * 1000,
  }));
}

interface ApiContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  /** In seconds. */
  readonly Created: number;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Ports:
    readonly { readonly IP?: string; readonly PublicPort?: number; readonly Type: string }[] | null;
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<
        string,
        {
          readonly NetworkID: string;
          readonly IPAMConfig?: { readonly IPv4Address?: string } | null;
        }
      >
    >;
  };
}

/** All networks on the engine. */
export async function listNetworks(): Promise<FoundNetwork[]> {
  const found = (await engine({ method: "GET", path: "/networks" })) as {
    readonly Id: string;
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Created: string;
    readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
  }[];
  return found.map(({ Id, Name, Labels, Created, IPAM }) => ({
    id: Id,
    name: Name,
    labels: Labels ?? {},
    subnets: (IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    created: Date.parse(Created),
  }));
}

/** The images with all these labels. */
export async function listImages(labels: Readonly<Record<string, string>>): Promise<FoundImage[]> {
  const path = `/images/json?${query({ filters: filters(labels) })}`;
  const found = (await engine({ method: "GET", path })) as {
    readonly Id: string;
    readonly RepoTags: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  }[];
  return found.map(({ Id, RepoTags, Labels }) => ({
    id: Id,
    // The engine's name for an image without a name.
    names: (RepoTags ?? []).filter((name) => name !== "<none>:<none>"),
    labels: Labels ?? {},
  }));
}

/** All volumes on the engine. */
export async function listVolumes(): Promise<FoundVolume[]> {
  const { Volumes: found } = (await engine({ method: "GET", path: "/volumes" })) as {
    readonly Volumes:
      | {
          readonly Name: string;
          readonly Labels: Readonly<Record<string, string>> | null;
        }[]
      | null;
  };
  return (found ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
}

function filters(labels: Readonly<Record<string, string>>): { label: string[] } {
  return { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) };
}
