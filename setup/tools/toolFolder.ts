import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { versions } from "./versions.ts";

/** An entry of the cache with Pulumi's command line and the plugins. */
export interface ToolFolder {
  /** To be added to the `PATH`. */
  readonly bin: string;
  /** The value for `PULUMI_HOME`, where Pulumi finds the plugins without a warning. */
  readonly home: string;
  /** Each plugin's folder. A Pulumi with its own home finds the plugins when these are on the `PATH`. */
  readonly plugins: readonly string[];
}

export function toolFolder(folder: string): ToolFolder {
  const home = join(folder, "home");
  return {
    bin: join(folder, "bin"),
    home,
    plugins: Object.entries(versions.plugins).map(([name, version]) =>
      join(home, "plugins", `resource-${name}-v${version}`),
    ),
  };
}

/**
 * Moves programs to their places: the resource plugins into the home, everything else into `bin`.
 *
 * @param from a folder with the programs, possibly in subfolders. It is removed at the end.
 */
export async function layOut(folder: string, from: string): Promise<void> {
  const { bin, home } = toolFolder(folder);
  await mkdir(bin, { recursive: true });
  for (const file of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const name = Object.entries(versions.plugins).find(
      ([plugin]) => file.name === `pulumi-resource-${plugin}`,
    );
    const place = name === undefined ? bin : join(home, "plugins", `resource-${name.join("-v")}`);
    await mkdir(place, { recursive: true });
    await rename(join(file.parentPath, file.name), join(place, file.name));
    await chmod(join(place, file.name), 0o755);
  }
  await rm(from, { recursive: true });
}
