import { isPlainKey, textFault } from "../plainText.ts";
import { isMap } from "./tags.ts";

const allowed =
  'a map from names of node labels to values, for example {"disk": "ssd"}, of letters, digits, dots, dashes and ' +
  "underscores";

/**
 * Reads the labels of the nodes on which a group runs.
 *
 * @param key the setting's key.
 * @param report receives a fault as a sentence.
 *
 * Source of what Swarm allows: https://github.com/moby/swarmkit/blob/v2.0.0/manager/constraint/constraint.go
 */
export function parseNodeLabels(
  value: unknown,
  key: string,
  report: (fault: string) => void,
): Record<string, string> {
  const entries = isMap(value) ? Object.entries(value) : [["", undefined] as const];
  const isValid = entries.every(([name, text]) => isLabel(name) && isValue(text));
  if (isValid) return Object.fromEntries(entries) as Record<string, string>;
  const mangled = entries.find(([name, text]) => isLabel(name) && typeof text !== "string");
  report(
    mangled === undefined
      ? `${key} is ${JSON.stringify(value)}, allowed is ${allowed}`
      : textFault(`${key}.${mangled[0]}`, mangled[1])!,
  );
  return {};
}

function isLabel(name: string): boolean {
  return /^[a-z_][\w.-]+$/i.test(name) && isPlainKey(name);
}

function isValue(text: unknown): boolean {
  return typeof text === "string" && /^[\w.-]+$/.test(text);
}
