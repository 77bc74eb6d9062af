/** Turns rules into policies of Pulumi's SDK. */
import type {
  Policies,
  PolicyResource,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Declared, Placed, ResourceRule, StackRule } from "../rules/rule.ts";
import { noted, noteInputs } from "./notes.ts";

export function policiesOf(
  resourceRules: readonly ResourceRule[],
  stackRules: readonly StackRule[],
): Policies {
  return [noteInputs, ...resourceRules.map(resourcePolicy), ...stackRules.map(stackPolicy)];
}

function resourcePolicy({
  name,
  description,
  types,
  check,
}: ResourceRule): ResourceValidationPolicy {
  const validate = (
    { type, urn }: Pick<Declared, "type" | "urn">,
    report: (message: string) => void,
  ) => {
    if (types?.includes(type) === false) return;
    for (const message of check(noted(urn))) report(message);
  };
  return {
    ...{ name, description },
    // The SDK skips resources of other types before it reads their inputs, if the policy is for one type alone.
    validateResource: Object.assign(validate, types?.length === 1 && { __pulumiType: types[0] }),
  };
}

function stackPolicy({ name, description, settings, check }: StackRule): StackValidationPolicy {
  return {
    ...{ name, description },
    ...(settings && { configSchema: { properties: schemaOf(settings) } }),
    validateStack: (stack, report) => {
      const resources = stack.resources.filter(({ type }) => !type.startsWith("pulumi:"));
      for (const { message, urn } of check(resources.map(placedOf), stack.getConfig())) {
        report(message, urn);
      }
    },
  };
}

function schemaOf(settings: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      { type: "integer" as const, minimum: 1, default: value },
    ]),
  );
}

function placedOf({ urn, dependencies, propertyDependencies }: PolicyResource): Placed {
  const urnsOf = (resources: readonly PolicyResource[]) => resources.map((one) => one.urn);
  return {
    ...noted(urn),
    dependencies: urnsOf(dependencies),
    sources: Object.fromEntries(
      Object.entries(propertyDependencies).map(([input, from]) => [input, urnsOf(from)]),
    ),
  };
}
