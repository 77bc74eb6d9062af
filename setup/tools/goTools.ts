import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { UserError } from "../../lib/host/errors.ts";
import type { Go } from "./goToolchain.ts";
import { during } from "./progress.ts";
import { layOut } from "./toolFolder.ts";
import { versions } from "./versions.ts";

const sources = join(import.meta.dirname, "..", "go");

/** A hash of the sources and versions. Compiler flags are not included: they do not change what the tools do. */
export function toolSourcesHash(): string {
  const hash = createHash("sha256").update(JSON.stringify(versions));
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !/(_test\.go|\.md)$/.test(file.name))
    .map((file) => join(file.parentPath, file.name))
    .sort();
  for (const file of files) hash.update(file.slice(sources.length)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}

/** Builds all tools from their published Go modules into a tool folder. */
export async function buildTools(folder: string, go: Go): Promise<void> {
  const out = join(folder, "built");
  await mkdir(out);
  let packages = 0;

  await during(
    `building Pulumi ${versions.pulumi} and its plugins from their Go modules, which takes some minutes once`,
    () =>
      goBuild(
        go,
        [
          "-o",
          `${out}/`,
          ...linkerFlags,
          "./cmd/...",
          "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        ],
        () => (packages += 1),
      ),
    () => `, ${packages} packages compiled`,
  );
  await layOut(folder, out);
}

/** The programs say their versions, by which Pulumi chooses between plugins. */
const linkerFlags = [
  `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${versions.pulumi}`,
  ...Object.entries({
    "language-nodejs": versions.pulumi,
    ...Object.fromEntries(
      Object.entries(versions.plugins).map(([name, plugin]) => [`resource-${name}`, plugin]),
    ),
  }).map(
    ([program, version]) => `-ldflags=./cmd/pulumi-${program}=-s -w -X main.version=${version}`,
  ),
];

/** The linker strips debug symbols anyway; not generating them saves a tenth of the time. */
const compilerFlags = "-dwarf=false";

/**
 * Packages that every Pulumi operation runs through. In all others, which are by far the most, the compiler does
 * not inline functions (`-l`), which saves a sixth of the time.
 */
const hotPackages = [
  "std",
  "google.golang.org/grpc/...",
  "google.golang.org/protobuf/...",
  "github.com/hashicorp/terraform-plugin-go/...",
  "github.com/hashicorp/terraform-plugin-sdk/...",
  "github.com/pulumi/pulumi-terraform-bridge/...",
  "github.com/pulumi/pulumi/pkg/v3/backend/...",
  "github.com/pulumi/pulumi/pkg/v3/display/...",
  "github.com/pulumi/pulumi/pkg/v3/engine/...",
  "github.com/pulumi/pulumi/pkg/v3/resource/...",
  "github.com/pulumi/pulumi/sdk/v3/go/common/...",
  "github.com/zclconf/go-cty/...",
];

/** If several patterns match a package, the last one counts. */
const buildFlags = [
  "-v",
  "-trimpath",
  "-buildvcs=false",
  "-mod=readonly",
  `-gcflags=all=${compilerFlags} -l`,
  ...hotPackages.map((pattern) => `-gcflags=${pattern}=${compilerFlags}`),
];

/** With enough memory, let the compiler collect garbage less often: that makes it a sixth faster. */
function buildEnv(): Record<string, string> {
  const env = { GOWORK: "off", GOFLAGS: "" };
  return totalmem() < 8 * 2 ** 30 ? env : { ...env, GOGC: "400" };
}

function goBuild(go: Go, args: string[], compiled: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(go.command, ["build", ...buildFlags, ...args], {
      cwd: sources,
      env: { ...buildEnv(), ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaints = "";
    let rest = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (/^[\w./~-]+$/.test(line)) compiled();
        else if (!line.startsWith("go: downloading")) complaints += `${line}\n`;
      }
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else {
        reject(
          new UserError(
            `\`go build\` in setup/go failed (${signal ?? `exit code ${String(code)}`}). ` +
              `Run the command again; packages that were compiled are kept.\n${complaints.slice(-4000)}`,
          ),
        );
      }
    });
  });
}
