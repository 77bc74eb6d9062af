/** Stacks whose state was given another name than the one that all they made carries. */
import { UserError } from "../../../lib/host/errors.ts";
import type { RecordedResource } from "./stateFiles.ts";

/**
 * The name under which a state's things were made, where that is not the stack's. `pulumi stack rename` changes
 * the state alone: on the engine, and on the host, everything goes on under the former name.
 */
export function formerName(
  stack: string,
  resources: readonly RecordedResource[],
): string | undefined {
  return resources
    .flatMap(({ inputs }) => (inputs?.["labels"] ?? []) as unknown)
    .filter((one): one is { label: string; value: string } => isStackLabel(one))
    .map(({ value }) => value)
    .find((value) => value !== stack);
}

function isStackLabel(one: unknown): boolean {
  return (
    typeof one === "object" && one !== null && (one as { label?: unknown }).label === "serf.stack"
  );
}

/** @throws UserError when the stack was renamed while it was up. */
export function refuseRenamed(stack: string, resources: readonly RecordedResource[]): void {
  const former = formerName(stack, resources);
  if (former === undefined) return;
  throw new UserError(
    `Stack ${stack} was called ${former} when it was brought up, and what it made still is. Rename it back: ` +
      `\`npm run pulumi -- stack rename ${former} --stack ${stack}\`. Or take it down first: ` +
      `\`npm stop -- --stack ${stack}\`, then \`npm start -- --stack ${stack}\`.`,
  );
}
