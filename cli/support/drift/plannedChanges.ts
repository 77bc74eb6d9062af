import { offlineVariable } from "../../../lib/preflight/offline.ts";
import { withoutSalts } from "../stack/salt.ts";
import { runPulumi } from "../stack/stack.ts";
import type { DriftRow } from "./rows.ts";

/** A part of what `pulumi preview --json` prints. */
interface Preview {
  readonly steps?: readonly {
    readonly op: string;
    readonly urn: string;
    readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
    readonly diffReasons?: readonly string[] | null;
  }[];
}

const operations: Readonly<Record<string, string>> = {
  create: "to be made",
  update: "to be changed",
  replace: "to be replaced",
  delete: "to be removed",
};

/** Lists what the configuration would change in a state whose things are all as they were made. */
export async function plannedChanges(stack: string, env: NodeJS.ProcessEnv): Promise<DriftRow[]> {
  const args = ["preview", "--json", "--stack", stack];
  const variables = { ...env, [offlineVariable]: "true" };
  const text = await withoutSalts(() => runPulumi(args, variables));
  return changesIn(JSON.parse(text) as Preview);
}

/** The changes in a preview, of resources; a component changes with what it has. */
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
        found: op === "create" ? "not there" : "as the last `up` left it",
        side: "configuration" as const,
      },
    ];
  });
}
