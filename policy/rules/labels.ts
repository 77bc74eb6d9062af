/** The labels that show what belongs to a stack. */
import { projectLabel, stackLabel } from "../../lib/cluster/labels.ts";
import { found, imageType, listIn, mapIn, type ResourceRule } from "./rule.ts";

/** Docker's types with labels that this project may declare. */
const labelled = [
  "docker:index/container:Container",
  "docker:index/network:Network",
  "docker:index/volume:Volume",
  "docker:index/service:Service",
];

export const labels: ResourceRule = {
  name: "labelled",
  description: `Everything on an engine has the labels ${projectLabel} and ${stackLabel}.`,
  check: ({ type, urn, inputs, ignoredChanges }) => {
    const [stack, project] = urn.replace(/^urn:pulumi:/, "").split("::");
    const isBuilt = type === imageType && inputs["build"] !== undefined;
    // A volume that outlives its stack is used as it is.
    const isKept = ignoredChanges.includes("labels");
    if (!isBuilt && (!labelled.includes(type) || isKept)) return [];
    const present = labelsIn(inputs);
    return Object.entries({ [projectLabel]: project, [stackLabel]: stack }).flatMap(
      ([label, value]) =>
        present.get(label) === value
          ? []
          : [found(`the label ${label}`, present.get(label), String(value))],
    );
  },
};

/** The labels of a container, a network, a volume, or an image that is built. */
export function labelsIn(inputs: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const listed = listIn(inputs["labels"]).map((one) => {
    const { label, value } = mapIn(one);
    return [String(label), value] as const;
  });
  return new Map([...listed, ...Object.entries(mapIn(mapIn(inputs["build"])["label"]))]);
}
