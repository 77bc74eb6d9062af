/** Builds programs from their published Go modules. Contributors need them, users do not. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lib/host/run.ts";
import { cached, provide } from "./cache.ts";
import { findGo } from "./goToolchain.ts";
import { during } from "./progress.ts";

/** A program and the Go module that pins it. */
export interface GoProgram {
  /** The start of its entry's name in the cache. */
  readonly entry: string;
  /** The folder with `go.mod`, `go.sum` and, if its main package is there, the source. */
  readonly folder: string;
  /** Its Go package. */
  readonly package: string;
  /** Its file name. */
  readonly program: string;
  /** The module whose version is reported. */
  readonly versionOf: string;
  /** The variable that is set to the version at link time. */
  readonly versionVariable?: string;
}

/** The folder in the cache with the program; undefined when it was not built. */
export function findProgram(program: GoProgram): string | undefined {
  return cached(entryOf(program));
}

/**
 * Builds a program if it is not in the user's cache.
 *
 * @returns the folder with the program.
 * @throws UserError without Go; CommandError with Go's output when the build fails.
 */
export async function provideProgram(program: GoProgram): Promise<string> {
  return await provide(entryOf(program), async (folder) => {
    const go = await findGo();
    const version = programVersion(program);
    const stamp = program.versionVariable && ` -X ${program.versionVariable}=${version}`;
    await during(`building ${program.program} ${version}, which takes some minutes once`, () =>
      run(
        go.command,
        [
          ...["build", "-C", program.folder, "-mod=readonly", "-trimpath", "-buildvcs=false"],
          ...[`-ldflags=-s -w${stamp ?? ""}`, "-o", join(folder, program.program)],
          program.package,
        ],
        { timeout: 1_800_000, env: { ...process.env, ...buildEnv } },
      ),
    );
  });
}

const buildEnv = { GOWORK: "off", GOFLAGS: "", CGO_ENABLED: "0", GOTOOLCHAIN: "local" };

/** The version that the program's go.mod pins, for example `v2.40.3`. */
export function programVersion({ folder, versionOf }: GoProgram): string {
  const text = readFileSync(join(folder, "go.mod"), "utf8");
  const line = text.split("\n").find((line) => line.includes(`${versionOf} v`));
  return / (v\d\S*)/.exec(line ?? "")?.[1] ?? "unknown";
}

/** The cache entry's name; contains a hash of all that defines the program. */
function entryOf({ entry, folder }: GoProgram): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  for (const name of files.sort()) hash.update(readFileSync(join(folder, name)));
  return `${entry}-${hash.digest("hex").slice(0, 12)}`;
}
