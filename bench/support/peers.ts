import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lib/host/run.ts";
import { cached, provide } from "../../setup/tools/cache.ts";
import { findGo } from "../../setup/tools/goToolchain.ts";
import { during } from "../../setup/tools/progress.ts";

/** A program that this project is compared with, built from its published Go module. */
export interface Peer {
  /** The folder below `bench/peers` with the Go module that pins it. */
  readonly module: "compose" | "terraform";
  /** Its Go package. */
  readonly package: string;
  /** The program's file name. */
  readonly program: string;
  /** The module whose version is reported. */
  readonly versionOf: string;
  /** The variable that is set to the program's version. */
  readonly versionVariable?: string;
}

export const composePeer: Peer = {
  module: "compose",
  package: "github.com/docker/compose/v2/cmd",
  program: "docker-compose",
  versionOf: "github.com/docker/compose/v2",
  versionVariable: "github.com/docker/compose/v2/internal.Version",
};

export const terraformPeer: Peer = {
  module: "terraform",
  package: "github.com/terraform-providers/terraform-provider-docker",
  program: "terraform-provider-docker",
  versionOf: "github.com/kreuzwerker/terraform-provider-docker",
};

/** The folder in the cache with the built program; undefined when it was not built. */
export function findPeer(peer: Peer): string | undefined {
  return cached(entry(peer));
}

/**
 * Builds the program if it is not in the user's cache.
 *
 * @returns the folder.
 * @throws UserError without Go; CommandError with Go's output when the build fails.
 */
export async function providePeer(peer: Peer): Promise<string> {
  return await provide(entry(peer), async (folder) => {
    const go = await findGo();
    const stamp = peer.versionVariable && ` -X ${peer.versionVariable}=${peerVersion(peer)}`;
    await during(
      `building ${peer.program} ${peerVersion(peer)}, which takes some minutes once`,
      () =>
        run(
          go.command,
          [
            ...["build", "-C", moduleFolder(peer), "-mod=readonly", "-trimpath", "-buildvcs=false"],
            ...[`-ldflags=-s -w${stamp ?? ""}`, "-o", join(folder, peer.program), peer.package],
          ],
          { timeout: 1_800_000, env: { ...process.env, ...buildEnv } },
        ),
    );
  });
}

const buildEnv = { GOWORK: "off", GOFLAGS: "", CGO_ENABLED: "0", GOTOOLCHAIN: "local" };

/** The version that the peer's go.mod pins, for example `v2.40.3`. */
export function peerVersion(peer: Peer): string {
  const text = readFileSync(join(moduleFolder(peer), "go.mod"), "utf8");
  const line = text.split("\n").find((line) => line.includes(`${peer.versionOf} v`));
  return / (v\d\S*)/.exec(line ?? "")?.[1] ?? "unknown";
}

function moduleFolder(peer: Peer): string {
  return join(import.meta.dirname, "..", "peers", peer.module);
}

/** The cache entry's name; contains a hash of all that defines the program. */
function entry(peer: Peer): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"])
    hash.update(readFileSync(join(moduleFolder(peer), file)));
  return `bench-${peer.module}-${hash.digest("hex").slice(0, 12)}`;
}
