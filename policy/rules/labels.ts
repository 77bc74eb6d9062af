/** The labels that show what belongs to a stack. */
import { projectLabel, stackLabel } from "../../lib/cluster/labels.ts";
import {
  containerSpecIn,
  containerType,
  found,
  imageType,
  listIn,
  mapIn,
  type ResourceRule,
  secretType,
  serviceConfigType,
  serviceType,
} from "./rule.ts";

/** Docker's types that have labels. */
const labelled = [
  containerType,
  "docker:index/network:Network",
  "docker:index/volume:Volume",
  serviceType,
  secretType,
  serviceConfigType,
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
    const wanted = Object.entries({ [projectLabel]: project, [stackLabel]: stack });
    const faultsOf = (present: ReadonlyMap<string, unknown>, whose: string) =>
      wanted.flatMap(([label, value]) =>
        present.get(label) === value
          ? []
          : [found(`the label ${label}${whose}`, present.get(label), String(value))],
      );
    return [
      ...faultsOf(labelsIn(inputs), ""),
      ...(type === serviceType
        ? faultsOf(labelsIn(containerSpecIn(inputs)), " of the containers")
        : []),
    ];
  },
};

/** The labels of something on an engine, of a service's containers, or of an image that is built. */
export function labelsIn(inputs: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const listed = listIn(inputs["labels"]).map((one) => {
    const { label, value } = mapIn(one);
    return [String(label), value] as const;
  });
  return new Map([...listed, ...Object.entries(mapIn(mapIn(inputs["build"])["label"]))]);
}
