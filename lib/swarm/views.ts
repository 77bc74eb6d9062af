/** The agents on a manager's engine, through which the cluster is seen. */
import { type Labels, roleLabel } from "../cluster/labels.ts";
import { listContainers } from "../engine/inventory.ts";
import type { View } from "../membership/views.ts";

/** How many agents are asked, if this engine runs so many. */
const mostViews = 3;

/** The agents whose views are compared: that of this engine's host first, then others on this engine. */
export async function localViews(labels: Labels): Promise<View[]> {
  const containers = await listContainers({ ...labels });
  const rank = (role: string | undefined) => (role === "host" ? 0 : role === "seed" ? 1 : 2);
  return containers
    .filter(({ isRunning, labels: found }) => isRunning && found[roleLabel] !== undefined)
    .toSorted((a, b) => rank(a.labels[roleLabel]) - rank(b.labels[roleLabel]))
    .slice(0, mostViews)
    .map(({ name }): View => ({ kind: "container", name }));
}
