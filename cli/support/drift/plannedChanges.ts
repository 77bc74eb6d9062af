import { offlineVariable } from "../../../lib/preflight/offline.ts";
import { withoutSalts } from "../stack/salt.ts";
import { runPulumi } from "../stack/stack.ts";
import type { DriftRow } from "./rows.ts";

/** The part of the output of `pulumi preview --json` that is used here. */
interface Preview {
  readonly steps?: readonly {
    readonly op: string;
    readonly urn: string;
    readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
    readonly diffReasons?: readonly string[] | null;
  }[];
}

const operations: Readonly<Record<string, string>> = {
  create: "to be created",
  update: "to be updated",
  replace: "to be replaced",
  delete: "to be deleted",
};

/** Lists what the configuration would change, assuming that everything in the state is unchanged. */
export async function plannedChanges(stack: string, env: NodeJS.ProcessEnv): Promise<DriftRow[]> {
  const args = ["preview", "--json", "--stack", stack];
  const variables = { ...env, [offlineVariable]: "true" };
  const text = await withoutSalts(() => runPulumi(args, variables));
  return changesIn(JSON.parse(text) as Preview);
}

/** The resources that a preview would change. Components are left out: their resources are listed. */
export function changesIn({ steps = [] }: Preview): DriftRow[] {
  return steps.flatMap(({ op, urn, detailedDiff, diffReasons }) => {
    const operation = operations[op];
    const [path = "", name = ""] = urn.split("::").slice(2);
    const type = path.split("$").at(-1) ?? "";
    if (operation === undefined || /^(pulumi|serf):/.test(type)) return [];
    const keys = [...new Set([...Object.keys(detailedDiff ?? {}), ...(diffReasons ?? [])])];
    const reasons = op === "create" || keys.length === 0 ? "" : `: ${keys.join(", ")}`;
    return [
      {
        what: `${type.replace(/^.*:/, "")} ${name}`,
        declared: `${operation}${reasons}`,
        found: op === "create" ? "missing" : "as the last `up` left it",
        side: "configuration" as const,
      },
    ];
  });
}
