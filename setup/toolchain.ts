import { delimiter } from "node:path";
import { ownFolder } from "../lib/host/ownFolder.ts";
import { backendEnv } from "./backend.ts";
import { baseImageProvider } from "./parts/baseImages.ts";
import { engineProvider } from "./parts/engine.ts";
import { UserError } from "../lib/host/errors.ts";
import { mayInstall } from "./mayInstall.mjs";
import type { Part, Provider, Tool } from "./parts/part.ts";
import { pulumiProvider } from "./parts/pulumi.ts";

/** The tools that the project's commands use. */
export interface Toolchain {
  /** The environment for Pulumi and its child processes. */
  readonly env: NodeJS.ProcessEnv;
  readonly tools: readonly Tool[];
}

/**
 * Finds all tools at the same time, and provides those that are missing. Base images are looked for on the
 * engine that the docker client would use.
 *
 * @throws UserError when a tool cannot be provided on this machine, with what the user can do.
 */
export function toolchain(): Promise<Toolchain> {
  // The engine first: without one, providing the rest would be a waste of time.
  return provided([engineProvider, pulumiProvider, baseImageProvider]);
}

/** As {@link toolchain}, but only Pulumi: enough to read a stack's configuration and state. */
export function pulumiTools(): Promise<Toolchain> {
  return provided([pulumiProvider]);
}

/** As {@link pulumiTools}, with the base images if the engine already has them. */
export function pulumiWithImages(): Promise<Toolchain> {
  return provided([pulumiProvider, { ...baseImageProvider, provide: () => Promise.resolve(none) }]);
}

async function provide(provider: Provider): Promise<Part> {
  if (mayInstall()) return await provider.provide();
  throw new UserError(`${provider.missing()} Nothing was installed, since SERF_INSTALL is no.`);
}

const none: Part = { tools: [], env: {}, path: [] };

async function provided(providers: readonly Provider[]): Promise<Toolchain> {
  const found = await Promise.all(providers.map(({ look }) => look()));
  const parts: Part[] = [];
  for (const [index, provider] of providers.entries()) {
    parts.push(found[index] ?? (await provider.look()) ?? (await provide(provider)));
  }
  const folders = [...parts.flatMap(({ path }) => path), process.env["PATH"]];
  return {
    env: {
      ...process.env,
      ...Object.fromEntries(parts.flatMap(({ env }) => Object.entries(env))),
      ...(await backendEnv(ownFolder)),
      PATH: folders.join(delimiter),
    },
    tools: [
      {
        name: "Node.js",
        version: process.versions.node,
        source: process.execPath.includes("node_modules") ? "npm package" : "installed",
      },
      ...parts.flatMap(({ tools }) => tools),
    ],
  };
}
