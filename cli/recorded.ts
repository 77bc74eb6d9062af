/** What a stack's state knows of its things. */
import type { JoinersInput } from "../programs/joiners.ts";
import type { RecordedResource } from "./stateFiles.ts";

/** The IDs that the state knows, and the names of the joiners, which it knows by their names alone. */
export function recordedThings(resources: readonly RecordedResource[]): Set<string> {
  const joiners = resources.find(({ urn }) => urn.endsWith("command:local:Command::joiners"));
  const { joiners: declared = [] } = JSON.parse(
    (joiners?.inputs?.["stdin"] as string | undefined) ?? "{}",
  ) as Partial<JoinersInput>;
  return new Set([
    ...resources.flatMap(({ id, type }) =>
      id === undefined || type.startsWith("pulumi:") ? [] : [id],
    ),
    ...declared.map(({ name }) => name),
  ]);
}
