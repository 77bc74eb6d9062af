/** Chooses the nodes of a Swarm for a service by their labels. */
import type { PlannedService } from "./plan.ts";

/** A node's name and the labels that `docker node update --label-add` gave it. */
export interface LabelledNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The constraints in Swarm's form. */
export function constraintsOf({ on }: Pick<PlannedService, "on">): string[] {
  return Object.entries(on).map(([label, value]) => `node.labels.${label}==${value}`);
}

/** The services that no node may run, as sentences; Swarm itself would wait for such a node without a word. */
export function placementObstacles(
  services: readonly Pick<PlannedService, "group" | "on">[],
  nodes: readonly LabelledNode[],
): string[] {
  return services
    .filter(({ on }) => !nodes.some(({ labels }) => hasAll(labels, on)))
    .map(({ group, on }) => {
      const options = Object.entries(on).map(([label, value]) => `--label-add ${label}=${value}`);
      return (
        `groups.${group}.on is ${JSON.stringify(on)}, but no node of the Swarm has these labels; run ` +
        `\`docker node update ${options.join(" ")} NODE\` for the nodes that are meant, of ` +
        nodes.map(({ name }) => name).join(", ")
      );
    });
}

/** Swarm ignores the case of values. */
function hasAll(labels: LabelledNode["labels"], on: PlannedService["on"]): boolean {
  return Object.entries(on).every(
    ([label, value]) => labels[label]?.toLowerCase() === value.toLowerCase(),
  );
}
