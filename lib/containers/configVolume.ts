import { basename } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { extract, type Pack, pack } from "tar-stream";
import { agentUser, configFolder, dataFolder } from "../agents/config.ts";
import { roleLabel } from "../cluster/labels.ts";
import { type VolumeNames } from "../cluster/names.ts";
import { engine } from "../engine/api.ts";
import { engineMounts } from "./description.ts";
import { unlessGone } from "./lifecycle.ts";

/** The arguments of a writer, a container through which files are written into volumes. */
export interface WriterPlace {
  /** Any image that has the folders at which the volumes are mounted. */
  readonly image: string;
  readonly volumes: VolumeNames;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Creates a container that is never started, runs `work` with it, and removes it. The engine gives access to a
 * volume's files only through a container.
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

/** The contents of the files in the configuration volume, by name. */
export async function readFiles(container: string): Promise<Map<string, string>> {
  const path = `/containers/${container}/archive?path=${configFolder}`;
  const entries = extract();
  entries.end(await engine({ method: "GET", path }));
  const files = new Map<string, string>();
  for await (const entry of entries) {
    const content = await text(entry);
    if (entry.header.type === "file") files.set(basename(entry.header.name), content);
  }
  return files;
}

type Files = Iterable<readonly [name: string, content: string]>;

const owner = { uid: agentUser, gid: agentUser };

/** Writes files into the configuration volume, readable by the agents' user only. */
export async function writeFiles(container: string, files: Files): Promise<void> {
  const archive = pack();
  // A new data volume is empty and belongs to root.
  archive.entry({ name: dataFolder.slice(1), type: "directory", mode: 0o700, ...owner });
  await putFiles(container, "/", archive, `${configFolder.slice(1)}/`, files);
}

/** Like {@link writeFiles}, for a container in which only the configuration volume is writable. */
export async function writeConfigFiles(container: string, files: Files): Promise<void> {
  await putFiles(container, configFolder, pack(), "", files);
}

async function putFiles(
  container: string,
  path: string,
  archive: Pack,
  folder: string,
  files: Files,
): Promise<void> {
  for (const [name, content] of files) {
    archive.entry({ name: `${folder}${name}`, mode: 0o400, ...owner }, content);
  }
  archive.finalize();
  const body = await buffer(archive);
  await engine({ method: "PUT", path: `/containers/${container}/archive?path=${path}`, body });
}
