import { offlineVariable } from "../../../lib/preflight/offline.ts";
import { isResource, partsOf, type Preview } from "../../../lib/review/preview.ts";
import { previewJson } from "../stack/previewJson.ts";
import type { DriftRow } from "./rows.ts";

const operations: Readonly<Record<string, string>> = {
  create: "to be created",
  update: "to be updated",
  replace: "to be replaced",
  delete: "to be deleted",
};

/** Lists what the configuration would change, assuming that everything in the state is unchanged. */
export async function plannedChanges(stack: string, env: NodeJS.ProcessEnv): Promise<DriftRow[]> {
  const text = await previewJson(stack, { ...env, [offlineVariable]: "true" });
  return changesIn(JSON.parse(text) as Preview);
}

/**
 * Lists what `up` would change, after Pulumi has read each resource from the engine.
 *
 * @param options with which `up` is run.
 */
export async function changesAfterRefresh(
  stack: string,
  env: NodeJS.ProcessEnv,
  options: readonly string[],
): Promise<DriftRow[]> {
  const preview = JSON.parse(await previewJson(stack, env, ...options)) as Preview;
  return changesIn(preview, "different on the engine, or in the state");
}

/** The resources that a preview would change. Components are left out: their resources are listed. */
export function changesIn({ steps = [] }: Preview, found = "as the last `up` left it"): DriftRow[] {
  return steps.filter(isResource).flatMap(({ op, urn, detailedDiff, diffReasons }) => {
    const operation = operations[op];
    if (operation === undefined) return [];
    const { type, name } = partsOf(urn);
    const keys = [...new Set([...Object.keys(detailedDiff ?? {}), ...(diffReasons ?? [])])];
    const reasons = op === "create" || keys.length === 0 ? "" : `: ${keys.join(", ")}`;
    return [
      {
        what: `${type.replace(/^.*:/, "")} ${name}`,
        declared: `${operation}${reasons}`,
        found: op === "create" ? "missing" : found,
        side: "configuration" as const,
      },
    ];
  });
}
