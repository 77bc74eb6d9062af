/** Detects stacks that were renamed while they were up. */
import { stackLabel } from "../../../lib/cluster/labels.ts";
import { UserError } from "../../../lib/host/errors.ts";
import type { RecordedResource } from "./stateFiles.ts";

/**
 * The name that the stack had when its resources were created, if it has another name now.
 * `pulumi stack rename` changes only the state: on the engine and the host, everything keeps the old name.
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
    typeof one === "object" && one !== null && (one as { label?: unknown }).label === stackLabel
  );
}

/** @throws UserError when the stack was renamed while it was up. */
export function refuseRenamed(stack: string, resources: readonly RecordedResource[]): void {
  const former = formerName(stack, resources);
  if (former === undefined) return;
  throw new UserError(
    `Stack ${stack} was called ${former} when it was brought up, and its resources still have that name. ` +
      `Rename it back: \`npm run pulumi -- stack rename ${former} --stack ${stack}\`. Or recreate it: ` +
      `\`npm stop -- --stack ${stack}\`, then \`npm start -- --stack ${stack}\`.`,
  );
}
