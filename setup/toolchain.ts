import { delimiter } from "node:path";
import { ownFolder } from "../components/names.ts";
import { backendEnv } from "./backend.ts";
import { baseImageProvider } from "./baseImages.ts";
import { engineProvider } from "./engine.ts";
import type { Part, Provider, Tool } from "./part.ts";
import { pulumiProvider } from "./pulumi.ts";

/** What the project's commands work with. */
export interface Toolchain {
  /** The environment for Pulumi and what it starts. */
  readonly env: NodeJS.ProcessEnv;
  readonly tools: readonly Tool[];
}

/**
 * What a command wants of an engine: one that is there and has base images, whatever that takes; what is there
 * already, which may be nothing; or nothing at all.
 */
export type EngineNeed = "provided" | "looked for" | "left alone";

/**
 * Looks for all tools at once, and provides what is missing.
 *
 * @param engine default: provided.
 * @throws UserError when a tool cannot be had here, with what the user can do.
 */
export async function toolchain(engine: EngineNeed = "provided"): Promise<Toolchain> {
  const look = async ({ look }: Provider) => {
    if (engine === "left alone") return undefined;
    return await look().catch((error: unknown) => {
      if (engine === "provided") throw error;
    });
  };
  const provide = async (provider: Provider) => (await provider.look()) ?? provider.provide();
  const [engineFound, pulumiFound, imagesFound] = await Promise.all([
    look(engineProvider),
    pulumiProvider.look(),
    look(baseImageProvider),
  ]);
  const parts: (Part | undefined)[] = [];
  // The engine first: where none can be had, nothing else is worth its time.
  const isWanted = engine === "provided";
  parts.push(engineFound ?? (isWanted ? await provide(engineProvider) : undefined));
  parts.push(pulumiFound ?? (await provide(pulumiProvider)));
  parts.push(imagesFound ?? (isWanted ? await provide(baseImageProvider) : undefined));
  return await toolchainOf(parts.filter((part) => part !== undefined));
}

async function toolchainOf(parts: readonly Part[]): Promise<Toolchain> {
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
