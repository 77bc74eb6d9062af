import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../../lib/host/run.ts";
import { checksumIn, download, fetchText, type Patience, patience } from "./download.ts";
import { during } from "./progress.ts";
import { layOut } from "./toolFolder.ts";
import { versions } from "./versions.ts";

/** An official release: the URLs of an archive and of the list of checksums published with it. */
export interface Release {
  readonly archive: string;
  readonly checksums: string;
}

/** The pinned releases for a platform. */
export function pinnedReleases(platform: string, arch: string): Release[] {
  const { pulumi, plugins } = versions;
  const home = "https://github.com/pulumi";
  const pluginArch = arch === "x64" ? "amd64" : arch;
  return [
    {
      archive: `https://get.pulumi.com/releases/sdk/pulumi-v${pulumi}-${platform}-${arch}.tar.gz`,
      checksums: `${home}/pulumi/releases/download/v${pulumi}/pulumi-${pulumi}-checksums.txt`,
    },
    ...Object.entries(plugins).map(([name, version]) => {
      const folder = `${home}/pulumi-${name}/releases/download/v${version}`;
      return {
        archive: `${folder}/pulumi-resource-${name}-v${version}-${platform}-${pluginArch}.tar.gz`,
        checksums: `${folder}/pulumi-${name}_${version}_checksums.txt`,
      };
    }),
  ];
}

/**
 * Downloads and verifies releases into a tool folder.
 *
 * @throws Unreachable when a server does not answer in time or does not have a file.
 * @throws UserError when a transfer breaks off or a checksum is wrong.
 */
export async function downloadTools(
  folder: string,
  releases: readonly Release[],
  within: Patience = patience,
): Promise<void> {
  // The lists first: they are small and show within seconds whether the servers can be reached.
  const lists = await Promise.all(releases.map(({ checksums }) => fetchText(checksums, within)));
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  for (const [index, { archive }] of releases.entries()) {
    const name = basename(new URL(archive).pathname);
    await during(`downloading ${name}`, async () => {
      const file = join(folder, name);
      await download(archive, file, checksumIn(lists[index]!, archive), within);
      await run("tar", ["-xzf", file, "-C", unpacked], { timeout: 120_000 });
      await rm(file);
    });
  }
  await layOut(folder, unpacked);
}
