import { buffer, text } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { agentUser, configFolder, dataFolder } from "../components/agentConfig.ts";
import { engineMounts, type VolumeNames } from "../components/agentContainer.ts";
import { roleLabel } from "../components/labels.ts";
import { unlessGone } from "./containers.ts";
import { engine } from "./engineApi.ts";

/** What a writer is made from. */
export interface WriterPlace {
  /** Any image with the folders that the volumes are for. */
  readonly image: string;
  readonly volumes: VolumeNames;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Works with a container that is never started, and removes it: the engine reaches a volume only through
 * one.
 */
export async function withWriter<T>(
  { image, volumes, labels }: WriterPlace,
  work: (container: string) => Promise<T>,
): Promise<T> {
  const { Id: id } = (await engine({
    method: "POST",
    path: "/containers/create",
    body: {
      Image: image,
      Labels: { ...labels, [roleLabel]: "writer" },
      HostConfig: {
        NetworkMode: "none",
        Mounts: engineMounts(volumes).map((mount) => ({ ...mount, ReadOnly: false })),
      },
    },
  })) as { Id: string };
  try {
    return await work(id);
  } finally {
    await unlessGone({ method: "DELETE", path: `/containers/${id}?force=1` });
  }
}

/** The configurations that are there, by the agents' names. */
export async function readConfigurations(container: string): Promise<Map<string, string>> {
  const path = `/containers/${container}/archive?path=${configFolder}`;
  const entries = extract();
  entries.end(await engine({ method: "GET", path }));
  const files = new Map<string, string>();
  for await (const entry of entries) {
    const name = /([^/]+)\.json$/.exec(entry.header.name)?.[1];
    const content = await text(entry);
    if (name !== undefined) files.set(name, content);
  }
  return files;
}

/** Writes configurations, each for the eyes of the agents' user alone. */
export async function writeConfigurations(
  container: string,
  files: Iterable<readonly [name: string, config: string]>,
): Promise<void> {
  const owner = { uid: agentUser, gid: agentUser };
  const archive = pack();
  // The volume with the agents' data is empty and root's at first.
  archive.entry({ name: dataFolder.slice(1), type: "directory", mode: 0o700, ...owner });
  for (const [name, config] of files) {
    const path = `${configFolder.slice(1)}/${name}.json`;
    archive.entry({ name: path, mode: 0o400, ...owner }, config);
  }
  archive.finalize();
  const path = `/containers/${container}/archive?path=/`;
  await engine({ method: "PUT", path, body: await buffer(archive) });
}
