import { accessSync, constants, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "../../lib/host/errors.ts";
import { run } from "../../lib/host/run.ts";
import { cached, provide } from "../tools/cache.ts";
import { Unreachable } from "../tools/download.ts";
import { findGo } from "../tools/goToolchain.ts";
import { buildTools, toolSourcesHash } from "../tools/goTools.ts";
import { during, say } from "../tools/progress.ts";
import { downloadTools, pinnedReleases } from "../tools/releases.ts";
import { toolFolder } from "../tools/toolFolder.ts";
import { versions } from "../tools/versions.ts";
import type { Part, Provider, Tool } from "./part.ts";

const releaseSource = "official release";
const buildSource = "built from its Go module";

/** Pulumi with its plugins: the user's own if it is installed, else the pinned version in the cache. */
export const pulumiProvider: Provider = {
  look: () => Promise.resolve(installedPulumi() ? installedPart() : cachedPart()),
  provide: () => (installedPulumi() ? provideForInstalled() : provideOwn()),
  missing: () => {
    const plugins = Object.entries(versions.plugins).map(
      ([name, version]) => `\`pulumi plugin install resource ${name} ${version}\``,
    );
    const pulumi =
      "Pulumi is not installed: install it from https://www.pulumi.com/docs/install, then run";
    return `${installedPulumi() ? "Pulumi plugins are missing: run" : pulumi} ${plugins.join(", ")}.`;
  },
};

function installedPulumi(): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, "pulumi"), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/** The folder where an installed Pulumi keeps its plugins and its login. */
function userHome(): string {
  return process.env["PULUMI_HOME"] || join(homedir(), ".pulumi");
}

/** Whether the user has logged in to a backend with the installed Pulumi. */
export function hasLogin(): boolean {
  if (!installedPulumi()) return false;
  try {
    const text = readFileSync(join(userHome(), "credentials.json"), "utf8");
    return Boolean((JSON.parse(text) as { current?: string }).current);
  } catch {
    return false;
  }
}

const releaseEntry = `tools-${versions.pulumi}-${versions.plugins.docker}-${versions.plugins.command}-release`;

function buildEntry(): string {
  return `tools-${versions.pulumi}-${toolSourcesHash()}-built`;
}

function cachedPart(): Part | undefined {
  const release = cached(releaseEntry);
  if (release !== undefined) return ownPart(release, releaseSource);
  const built = cached(buildEntry());
  return built === undefined ? undefined : ownPart(built, buildSource);
}

function ownPart(folder: string, source: string): Part {
  const { bin, home } = toolFolder(folder);
  return {
    tools: [{ name: "Pulumi", version: versions.pulumi, source }, ...pluginTools(source)],
    env: {
      PULUMI_HOME: home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Without it, loading the SDK takes half a second in every run.
      NODE_COMPILE_CACHE: join(folder, "compiled"),
    },
    path: [bin],
  };
}

function pluginTools(source: string): Tool[] {
  return Object.entries(versions.plugins).map(([name, version]) => ({
    name: `${name} plugin`,
    version,
    source,
  }));
}

async function provideOwn(): Promise<Part> {
  try {
    const releases = pinnedReleases(process.platform, process.arch);
    const folder = await provide(releaseEntry, (folder) => downloadTools(folder, releases));
    return ownPart(folder, releaseSource);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    say(`the official releases of Pulumi cannot be downloaded (${error.message})`);
  }
  return ownPart(await build(), buildSource);
}

async function build(): Promise<string> {
  try {
    const go = await findGo();
    return await provide(buildEntry(), (folder) => buildTools(folder, go));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `Pulumi is not installed and could not be set up: ${error.message}\n` +
        "Or install Pulumi yourself: https://www.pulumi.com/docs/install",
    );
  }
}

function installedPart(): Part | undefined {
  const present = Object.entries(versions.plugins).every(([name, version]) => {
    try {
      accessSync(join(userHome(), "plugins", `resource-${name}-v${version}`));
      return true;
    } catch {
      return false;
    }
  });
  if (present) return { tools: [installedTool, ...pluginTools("installed")], env: {}, path: [] };
  // Built plugins stay out of the user's own folder, where other projects would find them.
  const built = cached(buildEntry());
  if (built === undefined) return undefined;
  const { plugins } = toolFolder(built);
  return { tools: [installedTool, ...pluginTools(buildSource)], env: {}, path: plugins };
}

const installedTool: Tool = {
  name: "Pulumi",
  version: async () => (await run("pulumi", ["version"])).trim().replace(/^v/, ""),
  source: "installed",
};

async function provideForInstalled(): Promise<Part> {
  for (const [name, version] of Object.entries(versions.plugins)) {
    try {
      await during(`installing the ${name} plugin ${version}`, () =>
        run("pulumi", ["plugin", "install", "resource", name, version], { timeout: 300_000 }),
      );
    } catch (error) {
      say(`the plugin cannot be installed: ${(error as Error).message}`);
      await build();
      break;
    }
  }
  const part = installedPart();
  if (part === undefined)
    throw new UserError("The installed Pulumi does not have the plugins after installing them.");
  return part;
}
