import { cp, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";

/** A copy of the project with its own state. */
export interface ProjectCopy {
  readonly dir: string;
  /** The clone that was copied. */
  readonly root: string;
  /** The environment for Pulumi. */
  readonly env: NodeJS.ProcessEnv;
}

const passphrase = "bench";

/**
 * Copies the project into a new folder.
 *
 * @param dir the folder to create.
 * @param env the toolchain's environment. Variables that only the npm scripts set are removed.
 */
export async function copyProject(dir: string, env: NodeJS.ProcessEnv): Promise<ProjectCopy> {
  const root = resolve(import.meta.dirname, "../..");
  const parts = ["cli", "components", "docker", "lib", "programs", "setup"];
  const files = ["index.ts", "package.json", "package-lock.json", "Pulumi.yaml"];
  for (const name of [...parts, ...files]) {
    await cp(join(root, name), join(dir, name), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  const withheld = new Set(["NODE_COMPILE_CACHE", "PULUMI_CONFIG_PASSPHRASE_FILE"]);
  return {
    dir,
    root,
    env: {
      ...Object.fromEntries(Object.entries(env).filter(([key]) => !withheld.has(key))),
      PULUMI_CONFIG_PASSPHRASE: passphrase,
    },
  };
}
