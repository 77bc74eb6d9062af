/** Gossip that only members can read. The agents of services get the key as a file; see `keyrings.ts`. */
import { roleLabel } from "../../lib/cluster/labels.ts";
import { keyLengths, serviceFaults } from "./keyrings.ts";
import { labelsIn } from "./labels.ts";
import {
  commandType,
  containerType,
  hostAgentType,
  jsonIn,
  mapIn,
  type Placed,
  type StackRule,
  unknownValue,
} from "./rule.ts";

/** The variable that names the configurations which a command writes. */
const configurations = "SERF_CONFIGURATIONS";

export const encryption: StackRule = {
  name: "encrypted-gossip",
  description: "Every agent gets a gossip key.",
  check: (resources) => {
    const generators = resources.filter(({ secretOutputs }) => secretOutputs.includes("stdout"));
    const generated = new Set(generators.map(({ urn }) => urn));
    const writers = resources.filter(
      ({ type, inputs }) =>
        type === commandType && mapIn(inputs["environment"])[configurations] !== undefined,
    );
    const starters = resources.filter(({ urn }) =>
      urn.includes(`${hostAgentType}$${commandType}::`),
    );
    const hasContainers = resources.some(
      ({ type, inputs }) => type === containerType && labelsIn(inputs).has(roleLabel),
    );
    const isNobodysWork = hasContainers && writers.length === 0;
    return [
      ...(isNobodysWork ? [{ message: "No command writes a gossip key for the containers." }] : []),
      ...[...writers, ...starters].flatMap((command) => {
        const fault = faultOf(command, generated);
        return fault === undefined ? [] : [{ urn: command.urn, message: fault }];
      }),
      ...serviceFaults(resources, generated),
    ];
  },
};

function faultOf({ inputs, sources }: Placed, generated: ReadonlySet<string>): string | undefined {
  const { stdin } = inputs;
  if (stdin === unknownValue) {
    const isGenerated = (sources["stdin"] ?? []).some((urn) => generated.has(urn));
    return isGenerated
      ? undefined
      : "stdin is not known, and nothing that it is made from is secret.";
  }
  const { gossipKey } = jsonIn(stdin);
  if (typeof gossipKey !== "string" || gossipKey === "") return "stdin has no gossipKey.";
  const { length } = Buffer.from(gossipKey, "base64");
  if (keyLengths.includes(length)) return undefined;
  return `The gossipKey in stdin has ${length} bytes, allowed are ${keyLengths.join(", ")}, in base64.`;
}
