import { delimiter } from "node:path";
import { ownFolder } from "../lib/host/ownFolder.ts";
import { backendEnv } from "./backend.ts";
import { baseImageProvider } from "./parts/baseImages.ts";
import { engineProvider } from "./parts/engine.ts";
import { UserError } from "../lib/host/errors.ts";
import { mayInstall } from "./mayInstall.mjs";
import type { Part, Provider, Tool } from "./parts/part.ts";
import { pulumiProvider } from "./parts/pulumi.ts";

/** What the project's commands work with. */
export interface Toolchain {
  /** The environment for Pulumi and what it starts. */
  readonly env: NodeJS.ProcessEnv;
  readonly tools: readonly Tool[];
}

/**
 * Looks for all tools at once, and provides what is missing, on the engine that the docker client's variables
 * name.
 *
 * @param engine default: provided.
 * @throws UserError when a tool cannot be had here, with what the user can do.
 */
export function toolchain(): Promise<Toolchain> {
  // The engine first: where none can be had, nothing else is worth its time.
  return provided([engineProvider, pulumiProvider, baseImageProvider]);
}

/** As {@link toolchain}, of Pulumi alone: it tells which engine the stack is on, and works without any. */
export function pulumiTools(): Promise<Toolchain> {
  return provided([pulumiProvider]);
}

/** As {@link pulumiTools}, with the base images as far as an engine has them already. */
export function pulumiWithImages(): Promise<Toolchain> {
  return provided([pulumiProvider, { ...baseImageProvider, provide: () => Promise.resolve(none) }]);
}

async function provide(provider: Provider): Promise<Part> {
  if (mayInstall()) return await provider.provide();
  throw new UserError(`${provider.missing()} SERF_INSTALL is no, so nothing is installed.`);
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
