/**
 * What the policies know of the resources. The SDK shows a policy neither which inputs are secret nor the inputs of a
 * whole stack, and an input that is not known yet ends it. A remediation is given all of that before any policy is
 * asked, so one that changes nothing notes it down.
 */
import { type ResourceValidationPolicy, Secret } from "@pulumi/policy";
import { type Declared, unknownValue } from "../rules/rule.ts";

const notes = new Map<string, Declared>();

export const noteInputs = {
  name: "inputs",
  description: "Notes what the other policies look at, and changes nothing.",
  enforcementLevel: "remediate",
  remediateResource: ({ type, urn, name, props, opts }) => {
    const secretInputs: string[] = [];
    const inputs = plain(props, "", secretInputs) as Declared["inputs"];
    notes.set(urn, {
      ...{ type, urn, name, inputs, secretInputs },
      isProtected: opts.protect,
      ignoredChanges: opts.ignoreChanges,
      secretOutputs: opts.additionalSecretOutputs,
    });
  },
} as const satisfies ResourceValidationPolicy;

/** @throws Error if {@link noteInputs} was switched off, since then no policy could find anything. */
export function noted(urn: string): Declared {
  const note = notes.get(urn);
  if (note !== undefined) return note;
  throw new Error(
    `The policy "${noteInputs.name}" has another level than "remediate", so the others have nothing to look at. Add ` +
      `"${noteInputs.name}": "remediate" to the settings of the policies.`,
  );
}

/**
 * A copy of inputs without the SDK's proxies, which hide secrets, and throw if somebody reads an unknown value. A
 * property's descriptor does not go through them.
 *
 * @param secrets gets the paths of secrets.
 */
function plain(value: unknown, path: string, secrets: string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value).map((key) => {
    const at = path === "" ? key : `${path}.${key}`;
    const isSecret = Object.getOwnPropertyDescriptor(value, key)?.value instanceof Secret;
    if (isSecret) secrets.push(at);
    return [key, plain(read(value as Declared["inputs"], key), at, secrets)] as const;
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function read(value: Declared["inputs"], key: string): unknown {
  try {
    return value[key];
  } catch (error) {
    // The SDK does not export the error's class.
    if (error instanceof Error && "unknownTypeSentinel" in error) return unknownValue;
    throw error;
  }
}
