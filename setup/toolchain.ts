import { delimiter } from "node:path";
import { ownFolder } from "../components/names.ts";
import { backendEnv } from "./backend.ts";
import { baseImageProvider } from "./baseImages.ts";
import { engineProvider } from "./engine.ts";
import type { Part, Tool } from "./part.ts";
import { pulumiProvider } from "./pulumi.ts";

/** What the project's commands work with. */
export interface Toolchain {
  /** The environment for Pulumi and what it starts. */
  readonly env: NodeJS.ProcessEnv;
  readonly tools: readonly Tool[];
}

/** The engine first: where none can be had, nothing else is worth its time. */
const providers = [engineProvider, pulumiProvider, baseImageProvider];

/**
 * Looks for all tools at once, and provides what is missing.
 *
 * @throws UserError when a tool cannot be had here, with what the user can do.
 */
export async function toolchain(): Promise<Toolchain> {
  const found = await Promise.all(providers.map(({ look }) => look()));
  const parts: Part[] = [];
  for (const [index, provider] of providers.entries()) {
    parts.push(found[index] ?? (await provider.look()) ?? (await provider.provide()));
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
