import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopAgent } from "../../lib/agents/process.ts";
import { labelsOf } from "../../lib/cluster/labels.ts";
import { namesOf, project } from "../../lib/cluster/names.ts";
import { engine, EngineError, type EngineRequest, query } from "../../lib/engine/api.ts";
import { forEachParallel } from "../../lib/host/parallel.ts";
import { pause } from "../../lib/host/run.ts";
import { isOfBench } from "../support/ownership.ts";
import { keptImage, stack } from "../support/place.ts";
import { say } from "../support/progress.ts";

/** The prefix of the bench's temporary folders. */
export const folderPrefix = "serf-bench-";

interface Found {
  readonly Id: string;
  /** Containers have several names, each with a leading slash; networks have one. */
  readonly Names?: readonly string[];
  readonly Name?: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/**
 * Removes all containers, networks and volumes of all contenders from the engine. Images are kept.
 *
 * @returns how many were removed.
 */
export async function removeLeftovers(): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await removeOnce();
    } catch (error) {
      // The engine may still be working on requests of a contender that failed.
      if (attempt === 5) throw error;
      await pause(2000);
    }
  }
}

async function removeOnce(): Promise<number> {
  const containers = await list("/containers/json?all=1");
  await forEachParallel(containers, 8, ({ Id }) => removeContainer(Id));
  const networks = await list("/networks");
  const volumes = await listVolumes();
  for (const name of volumes) await remove(`/volumes/${name}`);
  let removed = containers.length + volumes.length;
  await forEachParallel(networks, 4, async ({ Id }) => {
    removed += await removeNetwork(Id);
  });
  return removed;
}

/** Removes the images of the bench's stack, and the tag that kept one of them. */
export async function removeImages(): Promise<void> {
  await remove(`/images/${keptImage}`);
  const label = Object.entries(labelsOf(project, stack)).map(([key, value]) => `${key}=${value}`);
  const path = `/images/json?${query({ filters: { label } })}`;
  // Without force, so that an image in use by another container is kept.
  for (const { Id } of (await engine({ method: "GET", path })) as { Id: string }[]) {
    await remove(`/images/${Id}`);
  }
}

/** Stops agents that an earlier run left on the host, and removes its folders. */
export async function removeFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = join(tmpdir(), name);
    await stopAgent(join(folder, "project", namesOf(project, stack).hostAgentDir));
    await rm(folder, { recursive: true, force: true });
  }
}

async function list(path: string): Promise<Found[]> {
  const found = (await engine({ method: "GET", path })) as Found[];
  return found.filter(({ Names, Name, Labels }) =>
    isOfBench({ name: Name ?? Names?.[0]?.slice(1) ?? "", labels: Labels ?? {} }),
  );
}

async function listVolumes(): Promise<string[]> {
  const { Volumes } = (await engine({ method: "GET", path: "/volumes" })) as {
    Volumes: { Name: string; Labels: Readonly<Record<string, string>> | null }[] | null;
  };
  return (Volumes ?? [])
    .filter(({ Name, Labels }) => isOfBench({ name: Name, labels: Labels ?? {} }))
    .map(({ Name }) => Name);
}

/** Stops a container first: one that is restarting while it is removed may leave its endpoint on the network. */
async function removeContainer(id: string): Promise<void> {
  const path = `/containers/${id}`;
  await settle({ method: "POST", path: `${path}/stop?t=0` });
  await remove(`${path}?force=1&v=1`);
}

/** Networks that cannot be removed. */
const stuck = new Set<string>();

/** Removes a network. If the engine has lost count of its endpoints, the network stays until a restart. */
async function removeNetwork(id: string): Promise<number> {
  if (stuck.has(id)) return 0;
  try {
    await remove(`/networks/${id}`);
    return 1;
  } catch (error) {
    if (!(error instanceof EngineError && error.status === 403)) throw error;
    const path = `/networks/${id}`;
    const { Containers } = (await engine({ method: "GET", path })) as { Containers: object };
    if (Object.keys(Containers).length > 0) throw error;
    stuck.add(id);
    say(`${error.message}, but it has none: restart the engine to remove it`);
    return 0;
  }
}

function remove(path: string): Promise<void> {
  return settle({ method: "DELETE", path, timeout: 120_000 });
}

/** Sends a request, and ignores the error if there was nothing to do. */
async function settle(request: EngineRequest): Promise<void> {
  try {
    await engine(request);
  } catch (error) {
    const isDone = error instanceof EngineError && (error.status === 404 || error.status === 409);
    if (!isDone) throw error;
  }
}
