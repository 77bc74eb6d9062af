/** What a stack's state knows of its things. */
import { runPulumi } from "./stack.ts";
import {
  hasEmbeddedBackend,
  readCheckpoint,
  type RecordedResource,
  stateFile,
} from "./stateFiles.ts";

/** The resources in the state, with their secrets encrypted. */
export async function recordedResources(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly RecordedResource[]> {
  // Reading the file spares half a second.
  if (hasEmbeddedBackend(env)) {
    return (await readCheckpoint(stateFile(stack))).checkpoint.latest?.resources ?? [];
  }
  return await exportedResources(stack, env);
}

/** The resources in the state, as Pulumi gives them. */
export async function exportedResources(
  stack: string,
  env: NodeJS.ProcessEnv,
  ...flags: string[]
): Promise<readonly RecordedResource[]> {
  const text = await runPulumi(["stack", "export", ...flags, "--stack", stack], env);
  const { deployment } = JSON.parse(text) as {
    // Null where the disk was full before the first resource.
    deployment: { resources?: RecordedResource[] } | null;
  };
  return deployment?.resources ?? [];
}

/** The IDs that the state knows. */
export function recordedThings(resources: readonly RecordedResource[]): Set<string> {
  return new Set(
    resources.flatMap(({ id, type }) =>
      id === undefined || type.startsWith("pulumi:") ? [] : [id],
    ),
  );
}
