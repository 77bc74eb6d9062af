/** What a stack's state records. */
import type { RecordedResource } from "./stateFiles.ts";

/** The IDs of all resources in the state, without Pulumi's own. */
export function recordedThings(resources: readonly RecordedResource[]): Set<string> {
  return new Set(
    resources.flatMap(({ id, type }) =>
      id === undefined || type.startsWith("pulumi:") ? [] : [id],
    ),
  );
}
