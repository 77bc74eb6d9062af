import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { engine } from "../../lib/engine/api.ts";
import { UserError } from "../../lib/host/errors.ts";
import { docker, run } from "../../lib/host/run.ts";
import { withLists } from "../tools/debian.ts";
import { findGo, type Go } from "../tools/goToolchain.ts";
import { during, say } from "../tools/progress.ts";
import type { Part, Provider } from "./part.ts";

/** The images that Serf is compiled in and runs in, by the name of the Dockerfile's argument. */
interface BaseImages {
  readonly BUILDER_IMAGE: string;
  readonly RUNTIME_IMAGE: string;
}

/**
 * The Dockerfile's base images: those it pins or, when no image registry can be reached, substitutes made
 * from Debian's busybox and this machine's Go.
 */
export const baseImageProvider: Provider = {
  look,
  provide,
  missing: () => {
    const images = Object.values(pinnedImages()) as string[];
    return `Base images are missing on the engine: ${images.map((image) => `\`docker pull ${image}\``).join(", ")}.`;
  },
};

/** Milliseconds; no longer than an engine may take to answer at all. */
const lookTimeout = 6000;

/** The tag of the substitutes: raise it when {@link makeStandIns} puts something else into the images. */
const recipe = 1;

function pinnedImages(): BaseImages {
  const file = readFileSync(join(import.meta.dirname, "..", "..", "docker", "Dockerfile"), "utf8");
  const pinned = (name: string) => new RegExp(`^ARG ${name}=(\\S+)$`, "m").exec(file)![1]!;
  return { BUILDER_IMAGE: pinned("BUILDER_IMAGE"), RUNTIME_IMAGE: pinned("RUNTIME_IMAGE") };
}

/** The image that Serf runs in, which the engine has after the set-up. */
export function runtimeImage(env: NodeJS.ProcessEnv): string {
  return env["SERF_RUNTIME_IMAGE"] ?? pinnedImages().RUNTIME_IMAGE;
}

const standInPrefix = "serf-base";

function standIns(): BaseImages {
  return {
    BUILDER_IMAGE: `${standInPrefix}/builder:${recipe}`,
    RUNTIME_IMAGE: `${standInPrefix}/runtime:${recipe}`,
  };
}

async function look(): Promise<Part | undefined> {
  const [pinned, made] = [pinnedImages(), standIns()];
  const all = [pinned, made].flatMap((images) => [images.BUILDER_IMAGE, images.RUNTIME_IMAGE]);
  const found = await imageNames().catch(() => []);
  const present = new Set(found);
  const [builder, runtime, builderMade, runtimeMade] = all.map((image) =>
    present.has(shortName(image)),
  );
  if (builder && runtime) return pinnedPart(pinned);
  return builderMade && runtimeMade ? standInPart(made) : undefined;
}

/** All names of the engine's images, with tags and with digests. */
async function imageNames(): Promise<string[]> {
  const images = (await engine({ method: "GET", path: "/images/json", timeout: lookTimeout })) as {
    readonly RepoTags: readonly string[] | null;
    readonly RepoDigests: readonly string[] | null;
  }[];
  return images.flatMap(({ RepoTags, RepoDigests }) => [
    ...(RepoTags ?? []),
    ...(RepoDigests ?? []),
  ]);
}

/** The engine's name for an image: it drops the tag when there is a digest. */
function shortName(image: string): string {
  return image.replace(/:[^:@/]+(?=@)/, "");
}

function pinnedPart(images: BaseImages): Part {
  return { tools: toolsOf(images, "image registry"), env: {}, path: [] };
}

function standInPart(images: BaseImages): Part {
  return {
    tools: toolsOf(images, "made from Debian's busybox and this machine's Go"),
    env: { SERF_BUILDER_IMAGE: images.BUILDER_IMAGE, SERF_RUNTIME_IMAGE: images.RUNTIME_IMAGE },
    path: [],
  };
}

function toolsOf(images: BaseImages, source: string) {
  return Object.values(images).map((image: string) => {
    const [, name, version] = /^(.*?):([^@]*)/.exec(image)!;
    return { name: `image ${name!}`, version: version!, source };
  });
}

async function provide(): Promise<Part> {
  const pinned = pinnedImages();
  try {
    // The smaller one first: if no registry can be reached, it fails soon.
    for (const image of [pinned.RUNTIME_IMAGE, pinned.BUILDER_IMAGE]) {
      await during(`pulling ${image.replace(/@.*/, "")}`, () => docker(["pull", image], 600_000));
    }
    return pinnedPart(pinned);
  } catch (error) {
    say(`the image cannot be pulled: ${(error as Error).message}`);
  }
  const made = standIns();
  await during("making base images from Debian's busybox and this machine's Go", () =>
    makeStandIns(made),
  );
  return standInPart(made);
}

const certificates = "/etc/ssl/certs/ca-certificates.crt";

async function makeStandIns(images: BaseImages): Promise<void> {
  const go = await findGo().catch((error: unknown) => {
    throw new UserError(
      "No image registry can be reached, and without Go no base image for compiling Serf can be made: " +
        (error as Error).message,
    );
  });
  const folder = await mkdtemp(join(tmpdir(), "serf-base-"));
  try {
    const root = join(folder, "root");
    await makeRuntimeRoot(folder, root);
    await importImage(folder, root, images.RUNTIME_IMAGE, { PATH: "/usr/local/bin:/bin:/usr/bin" });
    await makeBuilderRoot(root, go);
    await importImage(folder, root, images.BUILDER_IMAGE, {
      PATH: "/usr/local/go/bin:/bin:/usr/bin",
      GOPROXY: go.proxy,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeRuntimeRoot(folder: string, root: string): Promise<void> {
  const busybox = join(root, "bin", "busybox");
  const unpacked = join(folder, "package");
  await fetchPackage(folder, "busybox-static");
  const deb = (await readdir(folder)).find((name) => name.endsWith(".deb"))!;
  await run("dpkg-deb", ["-x", join(folder, deb), unpacked]);
  for (const name of ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "etc", "tmp"]) {
    await mkdir(join(root, name), { recursive: true });
  }
  // Newer Debian releases install all programs below /usr.
  const places = ["bin/busybox", "usr/bin/busybox"].map((place) => join(unpacked, place));
  await cp(places.find(existsSync)!, busybox);
  for (const applet of (await run(busybox, ["--list-full"])).trim().split("\n")) {
    await mkdir(join(root, dirname(applet)), { recursive: true });
    if (applet !== "bin/busybox") await symlink("/bin/busybox", join(root, applet));
  }
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
}

async function fetchPackage(folder: string, name: string): Promise<void> {
  // `apt-get download` writes into the working directory.
  const args = ["-c", 'cd "$1" && apt-get download "$2"', "sh", folder, name];
  await withLists(() => run("sh", args, { timeout: 120_000 })).catch((error: unknown) => {
    throw new UserError(
      `No image registry can be reached, and Debian's ${name}, from which a base image could be made, ` +
        `cannot be downloaded either: ${(error as Error).message}`,
    );
  });
}

async function makeBuilderRoot(root: string, go: Go): Promise<void> {
  await cp(go.root, join(root, "usr/local/go"), { recursive: true, dereference: false });
  await mkdir(join(root, "etc/ssl/certs"), { recursive: true });
  await writeFile(join(root, certificates), await readFile(certificates));
}

async function importImage(
  folder: string,
  root: string,
  image: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const archive = join(folder, "image.tar");
  await run("tar", ["-cf", archive, "--owner=0", "--group=0", "-C", root, "."], {
    timeout: 120_000,
  });
  const settings = Object.entries(env).flatMap(([name, value]) => [
    "--change",
    `ENV ${name}=${value}`,
  ]);
  await docker(["import", ...settings, archive, image], 120_000);
}
