/** What a stack's state knows of its things. */
import type { RecordedResource } from "./stateFiles.ts";

/** The IDs that the state knows. */
export function recordedThings(resources: readonly RecordedResource[]): Set<string> {
  return new Set(
    resources.flatMap(({ id, type }) =>
      id === undefined || type.startsWith("pulumi:") ? [] : [id],
    ),
  );
}
