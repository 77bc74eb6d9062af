import { join, resolve } from "node:path";
import { provideProgram } from "../../../../setup/tools/goProgram.ts";
import { startService } from "../../support/hosts/service.ts";
import type { Site } from "../../support/hosts/site.ts";
import { bedFolder, bedNetwork, registryAddress, registryNumber } from "./plan.ts";

const folder = resolve(import.meta.dirname, "registry");

/** CNCF's image registry, Distribution. */
const registryProgram = {
  entry: "test-registry",
  folder,
  package: ".",
  program: "registry",
  versionOf: "github.com/distribution/distribution/v3",
};

/** Starts the registry on a host of its own, without TLS, and returns when it answers. */
export async function startRegistry(site: Site): Promise<void> {
  const program = join(await provideProgram(registryProgram), registryProgram.program);
  const host = await site.host(`${bedNetwork.name}-registry`, registryNumber);
  const storage = join(bedFolder, "registry");
  await startService(host, {
    command: [program, "serve", join(folder, "config.yaml")],
    log: join(bedFolder, "registry.log"),
    env: { ...process.env, REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: storage },
    answers: () => ask("/v2/"),
  });
}

/** The JSON that the registry answers. */
export async function ask(path: string): Promise<unknown> {
  const signal = AbortSignal.timeout(5_000);
  const response = await fetch(`http://${registryAddress}${path}`, { signal });
  if (!response.ok) throw new Error(`The registry answers ${path} with ${response.status}.`);
  return await response.json();
}
