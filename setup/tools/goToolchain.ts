import { chmod, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../lib/host/errors.ts";
import { run } from "../../lib/host/run.ts";
import { provide } from "./cache.ts";
import { installPackages, obstacleToPackages } from "./debian.ts";
import { during } from "./progress.ts";
import { goToolchain, oldestGo } from "./versions.ts";

/** A Go toolchain on this machine. */
export interface Go {
  readonly command: string;
  /** For example `go1.26.8`. */
  readonly version: string;
  /** The folder where it is installed. */
  readonly root: string;
  /** `GOPROXY`: where it downloads modules from. */
  readonly proxy: string;
}

/**
 * Finds a Go that is new enough, or provides one.
 *
 * @throws UserError when there is none and it cannot be provided on this machine.
 */
export async function findGo(): Promise<Go> {
  const found = (await ask("go")) ?? (await ask("/usr/local/go/bin/go"));
  if (found !== undefined && isNewEnough(found.version, oldestGo)) return found;
  const provided = await ask(join(await provideGo(), "bin", "go"));
  if (provided === undefined)
    throw new UserError("The Go that was installed does not run on this machine.");
  return provided;
}

async function ask(command: string): Promise<Go | undefined> {
  const answer = await run(command, ["env", "GOVERSION", "GOROOT", "GOPROXY"], {
    env: { ...process.env, GOTOOLCHAIN: "local" },
  }).catch(() => "");
  const [version, root, proxy] = answer.trim().split("\n");
  return version && root && proxy !== undefined ? { command, version, root, proxy } : undefined;
}

/** Whether a version, as printed by `go env GOVERSION`, is at least the oldest allowed. */
export function isNewEnough(version: string, oldest: string): boolean {
  const parts = (text: string) => (/\d[\d.]*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [found, needed] = [parts(version), parts(oldest)];
  for (const [index, part] of needed.entries()) {
    const difference = (found[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Provides the pinned Go. It is published as a module that any Go can download and verify:
 * https://go.dev/doc/toolchain. Debian's Go is too old to compile the tools, but can do that.
 *
 * @returns the folder where it is installed.
 */
async function provideGo(): Promise<string> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const sum = (goToolchain.sums as Readonly<Record<string, string>>)[`linux-${arch}`];
  if (process.platform !== "linux" || sum === undefined) throw needsGo("it is not installed");
  const folder = await provide(`go-${goToolchain.version}-linux-${arch}`, async (folder) => {
    const any = (await ask("go"))?.command ?? (await installDebianGo());
    const module = `golang.org/toolchain@v0.0.1-go${goToolchain.version}.linux-${arch}`;
    await during(`fetching Go ${goToolchain.version} as a module`, () =>
      fetchToolchain(any, module, sum, folder),
    );
  });
  return join(folder, "go");
}

function needsGo(why: string): UserError {
  return new UserError(
    `building the tools needs Go ${oldestGo} or newer, and ${why}: https://go.dev/dl`,
  );
}

async function installDebianGo(): Promise<string> {
  const obstacle = obstacleToPackages();
  if (obstacle !== undefined) throw needsGo(`installing it ${obstacle}`);
  await installPackages("Go", "golang-go", "ca-certificates");
  return "go";
}

async function fetchToolchain(
  go: string,
  module: string,
  expected: string,
  folder: string,
): Promise<void> {
  const workspace = join(folder, "modules");
  const answer = await run(go, ["mod", "download", "-json", module], {
    timeout: 300_000,
    env: { ...process.env, GOPATH: workspace, GOMODCACHE: "", GOFLAGS: "-modcacherw" },
  });
  const { Dir, Sum } = JSON.parse(answer) as { Dir: string; Sum: string };
  if (Sum !== expected) {
    throw new UserError(`The module ${module} has the checksum ${Sum}, expected ${expected}.`);
  }
  await rename(Dir, join(folder, "go"));
  await rm(workspace, { recursive: true });
  // A module does not keep executable bits.
  for (const place of ["bin", "pkg/tool"]) {
    const files = await readdir(join(folder, "go", place), {
      recursive: true,
      withFileTypes: true,
    });
    for (const file of files) {
      if (file.isFile()) await chmod(join(file.parentPath, file.name), 0o755);
    }
  }
}
